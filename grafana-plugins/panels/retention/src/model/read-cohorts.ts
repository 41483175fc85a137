import {
  describeShape,
  findColumns,
  hasNamedColumns,
  hasRows,
  toNumber,
  toShare,
  toText,
  type ColumnWish,
  type ShapeProblem,
} from '@coditect/plugins-shared/panel';
import { FieldType, type DataFrame, type Field } from '@grafana/data';

type Key = 'cohort' | 'size' | 'period' | 'users' | 'share';

export type RetentionColumns = ReadonlyMap<Key, Field>;

/** One cohort in one period, as its row says. Both are `null` while the period has not ended. */
export interface CohortPeriod {
  users: number | null;
  share: number | null;
  /** Of the frame, for its links. */
  row: number;
}

export interface Cohort {
  /** Milliseconds since 1970, or a name. */
  start: number | string;
  size: number | null;
  periods: ReadonlyMap<number, CohortPeriod>;
}

export interface RetentionData {
  cohorts: Cohort[];
  /** Numbers of the periods, ascending, with those between that no cohort has. */
  periods: number[];
  columns: RetentionColumns;
  frame: DataFrame | undefined;
  /** Frames that can be read and aren't shown. */
  otherCount: number;
  /** Set when none of the frames can be read. */
  problem: ShapeProblem | undefined;
}

const number = [FieldType.number] as const;

const wishes: ReadonlyArray<ColumnWish<Key>> = [
  {
    key: 'cohort',
    names: ['cohort'],
    types: [FieldType.time, FieldType.string],
    isNeeded: true,
    meaning: 'when the cohort started, or its name',
  },
  { key: 'size', names: ['size'], types: number, isNeeded: true, meaning: 'users of the cohort' },
  {
    key: 'period',
    names: ['period'],
    types: number,
    isNeeded: true,
    meaning: "0 for the cohort's own period, then 1, 2, ...",
  },
  {
    key: 'users',
    names: ['users'],
    types: number,
    isNeeded: true,
    meaning: 'how many came back; empty while the period lasts',
  },
  {
    key: 'share',
    names: ['share', 'retention'],
    types: number,
    isNeeded: false,
    meaning: 'of the size; computed from users without it, and enough in their place',
  },
];
/** With the share and the size, the users are known. */
const wishesWithShare = wishes.map((wish) => (wish.key === 'users' ? { ...wish, isNeeded: false } : wish));

/** How many periods a frame can reach; a column of another meaning is no reason to draw thousands. */
const periodsMax = 120;

/** Whether a frame calls its columns as a retention does. */
export function isNamedRetention(frame: DataFrame): boolean {
  return hasNamedColumns(frame, wishes);
}

/** Reads a retention from frames of any source: one row for each cohort and period. */
export function readCohorts(frames: readonly DataFrame[]): RetentionData {
  const filled = frames.filter(hasRows);
  const readable = filled
    .map((frame) => ({ frame, ...find(frame) }))
    .filter(({ missing }) => missing.length === 0);
  const [first] = readable;
  if (!first) {
    const problem = filled.length > 0 ? describeShape(filled, wishes) : undefined;
    return { cohorts: [], periods: [], columns: new Map(), frame: undefined, otherCount: 0, problem };
  }
  const cohorts = collect(first.frame, first.columns);
  const last = cohorts
    .flatMap(({ periods }) => [...periods.keys()])
    .reduce((most, period) => Math.max(most, period), -1);
  return {
    cohorts,
    periods: Array.from({ length: last + 1 }, (_none, period) => period),
    columns: first.columns,
    frame: first.frame,
    otherCount: readable.length - 1,
    problem: undefined,
  };
}

function find(frame: DataFrame) {
  const found = findColumns(frame, wishesWithShare);
  return found.columns.has('share') ? found : findColumns(frame, wishes);
}

function collect(frame: DataFrame, columns: RetentionColumns): Cohort[] {
  const cohorts = new Map<number | string, Cohort & { periods: Map<number, CohortPeriod> }>();
  for (let row = 0; row < frame.length; row += 1) {
    const cell = (key: Key): unknown => columns.get(key)?.values[row];
    const time = toNumber(cell('cohort'));
    const start =
      columns.get('cohort')?.type === FieldType.time && time !== null ? time : toText(cell('cohort'));
    const period = toNumber(cell('period'));
    const size = toNumber(cell('size'));
    const cohort = cohorts.get(start) ?? { start, size, periods: new Map<number, CohortPeriod>() };
    cohorts.set(start, cohort);
    if (period !== null && Number.isInteger(period) && period >= 0 && period <= periodsMax) {
      cohort.periods.set(period, {
        ...valuesOf(toNumber(cell('users')), toShare(toNumber(cell('share')), columns.get('share')), size),
        row,
      });
    }
  }
  return [...cohorts.values()];
}

/** Each of both follows from the other, and is never more exact than what the frame says. */
function valuesOf(users: number | null, share: number | null, size: number | null) {
  const isSized = size !== null && size > 0;
  return {
    users: users ?? (share !== null && isSized ? Math.round(share * size) : null),
    share: share ?? (users !== null && isSized ? users / size : null),
  };
}
