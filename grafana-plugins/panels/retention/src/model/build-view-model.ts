import {
  formatterOf,
  fullCount,
  linksOf,
  readExplanation,
  shareFormatterOf,
  toShare,
  zoneOfDays,
  type Explanation,
  type NoteContent,
  type ShapeProblem,
  type ViewModelInput,
} from '@coditect/plugins-shared/panel';
import type { DataFrame, LinkModel, TimeZone } from '@grafana/data';
import type { RetentionPanelOptions } from '../types';
import { shadesOf, type CellColor } from './color';
import { cohortHeading, intervalOf, periodText, startText, type CohortInterval } from './interval';
import { meanOf } from './mean';
import { readCohorts, type Cohort, type RetentionData } from './read-cohorts';

/** One cohort in one period, ready to be drawn. */
export interface RetentionCell {
  period: number;
  /** Open while the period lasts: what it will be is not known. */
  isOpen: boolean;
  share: number | null;
  text: string;
  color: CellColor | undefined;
  note: Omit<NoteContent, 'links'>;
  spoken: string;
  hasLinks: boolean;
  links: () => LinkModel[];
}

export interface RetentionRow {
  key: string;
  label: string;
  size: string;
  /** In the order of the periods; `undefined` where a period has not begun. */
  cells: (RetentionCell | undefined)[];
}

export interface RetentionViewModel {
  heading: string;
  periods: { key: number; label: string }[];
  rows: RetentionRow[];
  mean: RetentionRow | undefined;
  /** From the palest to the deepest colour. */
  scale: { colors: string[]; from: string; to: string };
  formatShare: (share: number) => string;
  hasOpen: boolean;
  remarks: string[];
  explanation: Explanation | undefined;
  problem: ShapeProblem | undefined;
}

type Input = ViewModelInput<RetentionPanelOptions>;

export const rowsMax = 150;
const openRemark = 'This period has not ended: what comes of it is not known yet.';

/** Turns frames, ours or any other data source's, into cohorts with a cell for each period. */
export function buildViewModel(input: Input): RetentionViewModel {
  const { frames, options, timeZone } = input;
  const data = readCohorts(frames);
  const periods = data.periods.filter((period) => options.showFirstPeriod || period > 0);
  const cohorts = orderCohorts(data.cohorts, options.cohortOrder);
  const times = cohorts.flatMap(({ start }) => (typeof start === 'number' ? [start] : []));
  const zone = zoneOfDays(times, timeZone, data.frame?.meta?.custom);
  const interval = intervalOf(intervalSaid(data.frame), times, zone);
  const context = contextOf(data, { ...input, timeZone: zone }, interval);
  const shown = cohorts.slice(0, rowsMax);
  const { share } = context;
  const rows = shown.map((cohort) => rowOf(cohort, periods, context));
  return {
    heading: cohortHeading(interval),
    periods: periods.map((period) => ({ key: period, label: periodText(period, interval) })),
    rows,
    mean: options.showMean && rows.length > 0 ? meanRowOf(cohorts, periods, context) : undefined,
    scale: {
      colors: [0, 0.25, 0.5, 0.75, 1].map((place) => context.colorOf(place * context.max).background),
      from: share(0),
      to: share(context.max),
    },
    formatShare: share,
    hasOpen: rows.some(({ cells }) => cells.some((cell) => cell?.isOpen)),
    remarks: remarksOf(cohorts.length - shown.length, data.otherCount),
    explanation: options.showDefinition ? readExplanation(data.frame?.meta?.custom, timeZone) : undefined,
    problem: data.problem,
  };
}

interface Context {
  data: RetentionData;
  options: RetentionPanelOptions;
  timeZone: TimeZone;
  interval: CohortInterval;
  max: number;
  colorOf: (share: number) => CellColor;
  share: (value: number | null) => string;
  users: (value: number | null) => string;
}

function contextOf(
  data: RetentionData,
  { options, theme, timeZone }: Input,
  interval: CohortInterval,
): Context {
  const { columns, cohorts } = data;
  const field = columns.get('share') ?? columns.get('users');
  const later = cohorts.flatMap(({ periods }) =>
    [...periods].flatMap(([period, { share }]) => (period > 0 && share !== null ? [share] : [])),
  );
  const largest = later.reduce((most, share) => Math.max(most, share), 0);
  const max =
    toShare(field?.config.max ?? null, columns.get('share')) ??
    (options.scale === 'auto' && largest > 0 ? largest : 1);
  const format = { theme, timeZone };
  return {
    ...{ data, options, timeZone, interval, max },
    colorOf: shadesOf(field?.config.color, max, theme),
    share: shareFormatterOf(columns.get('share')?.config.decimals),
    users: formatterOf(columns.get('users'), { unit: 'short' }, format),
  };
}

function rowOf(cohort: Cohort, periods: readonly number[], context: Context): RetentionRow {
  const label = startText(cohort.start, context.interval, context.timeZone);
  return {
    key: String(cohort.start),
    label,
    size: fullCount(cohort.size),
    cells: periods.map((period) => cellOf(cohort, label, period, context)),
  };
}

function cellOf(cohort: Cohort, label: string, period: number, context: Context): RetentionCell | undefined {
  const { options, data, interval, colorOf, share: formatShare, users: formatUsers } = context;
  const values = cohort.periods.get(period);
  if (!values) {
    return undefined;
  }
  const { users, share, row } = values;
  const isOpen = users === null && share === null;
  const field = data.columns.get('users') ?? data.columns.get('share');
  const title = `${label}, ${periodText(period, interval)}`;
  const lines = isOpen
    ? [{ label: 'Cohort', text: fullCount(cohort.size) }]
    : [
        { label: 'Came back', text: formatShare(share) },
        { label: 'Users', text: `${fullCount(users)} of ${fullCount(cohort.size)}` },
      ];
  return {
    ...{ period, isOpen, share },
    text: isOpen ? '' : options.show === 'share' ? formatShare(share) : formatUsers(users),
    color: share === null ? undefined : colorOf(share),
    note: { title, lines, remark: isOpen ? openRemark : undefined },
    spoken: isOpen ? `${title}: has not ended` : `${title}: ${lines.map(({ text }) => text).join(', ')}`,
    hasLinks: (field?.config.links?.length ?? 0) > 0,
    links: () => linksOf(field, row),
  };
}

function meanRowOf(cohorts: readonly Cohort[], periods: readonly number[], context: Context): RetentionRow {
  const { options, interval, colorOf, share: formatShare, users: formatUsers } = context;
  const total = cohorts.reduce((sum, { size }) => sum + (size ?? 0), 0);
  return {
    key: 'mean',
    label: options.show === 'share' || options.view === 'curve' ? 'Mean by size' : 'All cohorts',
    size: fullCount(total),
    cells: periods.map((period): RetentionCell | undefined => {
      const mean = meanOf(cohorts, period);
      if (mean.share === null) {
        return undefined;
      }
      const title = `All cohorts, ${periodText(period, interval)}`;
      const lines = [
        { label: 'Came back', text: formatShare(mean.share) },
        { label: 'Users', text: `${fullCount(mean.users)} of ${fullCount(mean.size)}` },
        { label: 'Cohorts', text: String(mean.cohortCount) },
      ];
      return {
        ...{ period, isOpen: false, share: mean.share },
        text: options.show === 'share' ? formatShare(mean.share) : formatUsers(mean.users),
        color: colorOf(mean.share),
        note: { title, lines, remark: 'Cohorts whose period has ended, each by its size.' },
        spoken: `${title}: ${lines.map(({ text }) => text).join(', ')}`,
        hasLinks: false,
        links: () => [],
      };
    }),
  };
}

function orderCohorts(cohorts: readonly Cohort[], order: RetentionPanelOptions['cohortOrder']): Cohort[] {
  const areTimes = cohorts.every(({ start }) => typeof start === 'number');
  // Names stay in the order of the query.
  const oldest = areTimes ? [...cohorts].sort((a, b) => Number(a.start) - Number(b.start)) : [...cohorts];
  return order === 'oldest' ? oldest : oldest.reverse();
}

/** What our data source was asked for. */
function intervalSaid(frame: DataFrame | undefined): unknown {
  const custom: Record<string, unknown> = { ...frame?.meta?.custom };
  const { question } = custom;
  return typeof question === 'object' && question !== null && 'interval' in question
    ? question.interval
    : undefined;
}

function remarksOf(hiddenRows: number, otherCount: number): string[] {
  return [
    hiddenRows > 0 ? `${hiddenRows} more cohorts are not shown.` : '',
    otherCount > 0 ? 'Only the first of several results is shown.' : '',
  ].filter((remark) => remark !== '');
}
