import { readFieldRole, readKpiFrameMeta, valueRole } from '@coditect/plugins-shared';
import {
  FieldType,
  formattedValueToString,
  getValueFormat,
  type AnnotationEvent,
  type DataFrame,
} from '@grafana/data';
import type { MarkWhen } from '../types';

/** Values in a row that are beyond the line. */
interface Span {
  fromMs: number;
  /** Of the next value, `undefined` where its width is not known. */
  toMs: number | undefined;
  values: number[];
}

/** The spans in which a KPI is beyond a number or, without one, beyond its target. */
export function toCrossings(frames: readonly DataFrame[], when: MarkWhen): AnnotationEvent[] {
  return frames.flatMap((frame) => {
    const meta = readKpiFrameMeta(frame.meta?.custom);
    const field = frame.fields.find(({ config }) => readFieldRole(config.custom) === valueRole);
    const line = when.value ?? meta?.target?.value;
    if (meta === undefined || field === undefined || line === undefined) {
      return [];
    }
    const times: unknown[] = frame.fields.find(({ type }) => type === FieldType.time)?.values ?? [];
    const write = (value: number) => formattedValueToString(getValueFormat(field.config.unit)(value));
    const group = frame.name === undefined || frame.name === meta.title ? '' : `, ${frame.name}`;
    const worst = when.is === 'above' ? 'Highest' : 'Lowest';
    return findSpans(times, field.values, (value) => isBeyond(value, line, when)).map(
      ({ fromMs, toMs, values }): AnnotationEvent => ({
        time: fromMs,
        ...(toMs !== undefined && { timeEnd: toMs }),
        isRegion: toMs !== undefined,
        title: `${meta.title}${group} ${when.is} ${write(line)}`,
        text: `${worst}: ${write(when.is === 'above' ? Math.max(...values) : Math.min(...values))}.`,
        tags: ['kpi', meta.metric, when.is],
      }),
    );
  });
}

function isBeyond(value: number, line: number, { is }: MarkWhen): boolean {
  return is === 'above' ? value > line : value < line;
}

function findSpans(
  times: readonly unknown[],
  values: readonly unknown[],
  isMarked: (value: number) => boolean,
): Span[] {
  const spans: Span[] = [];
  let open: Span | undefined;
  for (const [index, time] of times.entries()) {
    const value = values[index];
    if (typeof time !== 'number' || typeof value !== 'number' || !isMarked(value)) {
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { fromMs: time, toMs: undefined, values: [] };
      spans.push(open);
    }
    open.toMs = endOf(times, index);
    open.values.push(value);
  }
  return spans;
}

/** The last interval is as long as the one before. */
function endOf(times: readonly unknown[], index: number): number | undefined {
  const [before, time, next] = [times[index - 1], times[index], times[index + 1]];
  if (typeof next === 'number') {
    return next;
  }
  return typeof before === 'number' && typeof time === 'number' ? time + (time - before) : undefined;
}
