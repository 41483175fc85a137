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

type SeatsKey =
  'time' | 'purchased' | 'assigned' | 'active' | 'idle' | 'unassigned' | 'utilisation' | 'idleCost';
type TransitionKey = 'transition' | 'seats' | 'monthlyCost';

export type SeatsColumns = ReadonlyMap<SeatsKey, Field>;
export type TransitionColumns = ReadonlyMap<TransitionKey, Field>;

/** Seats at one time. What a frame doesn't have is computed where it follows from the rest. */
export interface SeatCounts {
  time: number | null;
  purchased: number | null;
  assigned: number | null;
  active: number | null;
  idle: number | null;
  utilisation: number | null;
  idleCost: number | null;
  /** Of the frame, for its links. */
  row: number;
}

export interface TransitionRow {
  transition: string;
  seats: number | null;
  monthlyCost: number | null;
}

export interface SeatsData {
  seats: { columns: SeatsColumns; frame: DataFrame; counts: SeatCounts[] } | undefined;
  transitions: { columns: TransitionColumns; frame: DataFrame; rows: TransitionRow[] } | undefined;
  /** Set when none of the frames can be read. */
  problem: ShapeProblem | undefined;
}

const number = [FieldType.number] as const;
const optional = { types: number, isNeeded: false } as const;

const seatsWishes: ReadonlyArray<ColumnWish<SeatsKey>> = [
  { key: 'time', names: ['time'], types: [FieldType.time], isNeeded: false, meaning: 'for the trend' },
  {
    key: 'purchased',
    names: ['purchased'],
    types: number,
    isNeeded: true,
    meaning: 'seats that are paid for',
  },
  { key: 'assigned', names: ['assigned'], types: number, isNeeded: true, meaning: 'seats that somebody has' },
  {
    key: 'active',
    names: ['active'],
    types: number,
    isNeeded: true,
    meaning: 'assigned seats that are used',
  },
  { key: 'idle', names: ['idle'], ...optional, meaning: 'assigned seats that are not used' },
  { key: 'unassigned', names: ['unassigned'], ...optional, meaning: 'purchased seats that nobody has' },
  { key: 'utilisation', names: ['utilisation', 'utilization'], ...optional, meaning: 'active of assigned' },
  {
    key: 'idleCost',
    names: ['idleCost'],
    ...optional,
    meaning: 'what seats that are not used cost, with the currency as unit',
  },
];

const transitionWishes: ReadonlyArray<ColumnWish<TransitionKey>> = [
  {
    key: 'transition',
    names: ['transition'],
    types: [FieldType.string],
    isNeeded: true,
    meaning: 'what became of seats',
  },
  { key: 'seats', names: ['seats', 'count'], types: number, isNeeded: true, meaning: 'how many of them' },
  { key: 'monthlyCost', names: ['monthlyCost', 'cost'], ...optional, meaning: 'what they cost a month' },
];

/** Whether a frame calls its columns as seats or their transitions do. */
export function isNamedSeats(frame: DataFrame): boolean {
  return hasNamedColumns(frame, seatsWishes) || hasNamedColumns(frame, transitionWishes);
}

/** Finds the frame with seats and the one with transitions, in whatever order they come. */
export function readSeats(frames: readonly DataFrame[]): SeatsData {
  const filled = frames.filter(hasRows);
  const found = filled.map((frame) => ({ frame, ...findColumns(frame, seatsWishes) }));
  const seats = found.find(({ missing }) => missing.length === 0);
  const transitions = filled
    .filter((frame) => frame !== seats?.frame)
    .map((frame) => ({ frame, ...findColumns(frame, transitionWishes) }))
    .find(({ missing }) => missing.length === 0);
  const isNothing = !seats && !transitions && filled.length > 0;
  return {
    seats: seats && {
      frame: seats.frame,
      columns: seats.columns,
      counts: readCounts(seats.frame, seats.columns),
    },
    transitions: transitions && {
      frame: transitions.frame,
      columns: transitions.columns,
      rows: readTransitions(transitions.frame, transitions.columns),
    },
    problem: isNothing ? describeShape(filled, seatsWishes) : undefined,
  };
}

function readCounts(frame: DataFrame, columns: SeatsColumns): SeatCounts[] {
  const counts = Array.from({ length: frame.length }, (_none, row): SeatCounts => {
    const cell = (key: SeatsKey) => toNumber(columns.get(key)?.values[row]);
    const [assigned, active] = [cell('assigned'), cell('active')];
    const utilisation = toShare(cell('utilisation'), columns.get('utilisation'));
    return {
      ...{
        time: cell('time'),
        purchased: cell('purchased'),
        assigned,
        active,
        idleCost: cell('idleCost'),
        row,
      },
      // Where nobody says who is idle, everybody is who isn't active.
      idle: columns.has('idle') ? cell('idle') : subtract(assigned, active),
      utilisation: columns.has('utilisation') ? utilisation : divide(active, assigned),
    };
  });
  return counts
    .filter(({ purchased, assigned, active }) =>
      [purchased, assigned, active].some((value) => value !== null),
    )
    .sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
}

function readTransitions(frame: DataFrame, columns: TransitionColumns): TransitionRow[] {
  return Array.from({ length: frame.length }, (_none, row) => ({
    transition: toText(columns.get('transition')?.values[row]),
    seats: toNumber(columns.get('seats')?.values[row]),
    monthlyCost: toNumber(columns.get('monthlyCost')?.values[row]),
  }));
}

function subtract(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(0, a - b);
}

function divide(a: number | null, b: number | null): number | null {
  return a === null || b === null || b <= 0 ? null : a / b;
}
