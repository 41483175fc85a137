import type { Report, ReportState } from '@coditect/contracts';
import type { BadgeColor, IconName } from '@grafana/ui';

interface StateWords {
  text: string;
  color: BadgeColor;
  icon: IconName;
}

export const stateWords: Readonly<Record<ReportState, StateWords>> = {
  queued: { text: 'Waiting', color: 'blue', icon: 'clock-nine' },
  running: { text: 'Running', color: 'blue', icon: 'sync' },
  done: { text: 'Done', color: 'green', icon: 'check' },
  failed: { text: 'Failed', color: 'red', icon: 'exclamation-triangle' },
  cancelled: { text: 'Cancelled', color: 'darkgrey', icon: 'times' },
  expired: { text: 'Expired', color: 'orange', icon: 'history' },
};

/** States that a list can be narrowed to, in the order of a report's life. */
export const states: readonly ReportState[] = ['queued', 'running', 'done', 'failed', 'cancelled', 'expired'];

const unitStep = 1_000;

/** `12 B`, `3.4 kB`, `5.6 MB`. */
function describeSize(bytes: number): string {
  if (bytes < unitStep) {
    return `${bytes} B`;
  }
  const inKilobytes = bytes / unitStep;
  return inKilobytes < unitStep
    ? `${inKilobytes.toFixed(1)} kB`
    : `${(inKilobytes / unitStep).toFixed(1)} MB`;
}

/** What a finished file holds. */
export function describeFile({ file }: Pick<Report, 'file'>): string {
  if (file === null) {
    return '';
  }
  const rows = `${file.rows.toLocaleString('en-US')} ${file.rows === 1 ? 'row' : 'rows'}`;
  return `${rows}, ${describeSize(file.bytes)}`;
}

/** The sentence that a screen reader says while a report is made. In steps, so that it does not speak all the time. */
export function describeProgress({ state, progress, attempt }: Report): string {
  if (state === 'queued') {
    return attempt > 0 ? `Waiting for attempt ${attempt + 1}` : 'Waiting for its turn';
  }
  const percent = Math.floor((progress * 100) / 5) * 5;
  return attempt > 1 ? `Attempt ${attempt}, ${percent} %` : `${percent} %`;
}

/** Why a report has no file. */
export function describeEnd({ state, failure }: Pick<Report, 'state' | 'failure'>): string {
  if (failure !== null) {
    return `${failure.reason} (${failure.code})`;
  }
  return state === 'expired' ? 'The file was removed after its time. Make it again.' : '';
}
