import {
  formatterOf,
  fullCount,
  linksOf,
  readExplanation,
  shareFormatterOf,
  zoneOfDays,
  type Explanation,
  type NoteContent,
  type ShapeProblem,
  type ViewModelInput,
} from '@coditect/plugins-shared/panel';
import type { GrafanaTheme2, LinkModel, TimeZone } from '@grafana/data';
import type { SeatsPanelOptions } from '../types';
import { partsOf, type PartKind, type SeatPart } from './parts';
import { readSeats, type SeatCounts, type SeatsData } from './read-seats';
import { placeOf, wordsOf, type TransitionWords } from './transitions';
import { timeText } from './trend';

export interface DrawnPart extends SeatPart {
  title: string;
  note: Omit<NoteContent, 'links'>;
  spoken: string;
  hasLinks: boolean;
  links: () => LinkModel[];
}

export interface SeatsViewModel {
  /** `undefined` when there are transitions only. */
  now: SeatsNow | undefined;
  trend: SeatsTrend | undefined;
  transitions: DrawnTransition[];
  hasTransitionCost: boolean;
  remarks: string[];
  explanation: Explanation | undefined;
  problem: ShapeProblem | undefined;
}

export interface SeatsNow {
  parts: DrawnPart[];
  numbers: { label: string; text: string; part: PartKind | undefined }[];
  utilisation: string | undefined;
  /** What idle seats cost, or that nobody knows what a seat costs. */
  cost: { text: string; isKnown: boolean } | undefined;
}

export interface SeatsTrend {
  counts: SeatCounts[];
  notes: (Omit<NoteContent, 'links'> & { spoken: string })[];
  from: string;
  to: string;
}

export interface DrawnTransition extends TransitionWords {
  key: string;
  seats: string;
  cost: string;
}

type Input = ViewModelInput<SeatsPanelOptions>;

const titles: Record<PartKind, string> = {
  active: 'Active',
  recent: 'Assigned lately',
  idle: 'Idle',
  unassigned: 'Unassigned',
  excess: 'More than purchased',
};
const meanings: Record<PartKind, string> = {
  active: 'Assigned, and used.',
  recent: 'Assigned, not used yet, and too new to count as idle.',
  idle: 'Assigned, and not used.',
  unassigned: 'Paid for, and nobody has it.',
  excess: 'Assigned without having been purchased.',
};

export const noPriceText = 'No seat price is known';

/** Turns frames, ours or any other data source's, into seats. */
export function buildViewModel(input: Input): SeatsViewModel {
  const { options, timeZone } = input;
  const data = readSeats(input.frames);
  const custom: unknown = (data.seats ?? data.transitions)?.frame.meta?.custom;
  const transitions = options.showTransitions ? transitionsOf(data, input) : [];
  return {
    now: nowOf(data, input),
    trend: options.showTrend ? trendOf(data, timeZone) : undefined,
    transitions,
    hasTransitionCost: data.transitions?.rows.some(({ monthlyCost }) => monthlyCost !== null) ?? false,
    remarks: remarksOf(data),
    explanation: options.showDefinition ? readExplanation(custom, timeZone) : undefined,
    problem: data.problem,
  };
}

function nowOf({ seats }: SeatsData, { options, theme, timeZone }: Input): SeatsNow | undefined {
  const last = seats?.counts.at(-1);
  if (!seats || !last) {
    return undefined;
  }
  const { columns } = seats;
  const count = (key: 'purchased' | 'assigned' | 'active' | 'idle', value: number | null) =>
    formatterOf(columns.get(key), { unit: 'none' }, { theme, timeZone })(value);
  const share = shareFormatterOf(columns.get('utilisation')?.config.decimals);
  return {
    parts: partsOf(last)
      .filter(({ count: size }) => size > 0)
      .map((part) => drawnPartOf(part, last, seats.columns)),
    numbers: [
      { label: 'Purchased', text: count('purchased', last.purchased), part: undefined },
      { label: 'Assigned', text: count('assigned', last.assigned), part: undefined },
      { label: 'Active', text: count('active', last.active), part: 'active' },
      { label: 'Idle', text: count('idle', last.idle), part: 'idle' },
    ],
    utilisation: options.showUtilisation ? share(last.utilisation) : undefined,
    cost: options.showCost ? costOf(last, seats.columns, { theme, timeZone }) : undefined,
  };
}

function drawnPartOf(part: SeatPart, last: SeatCounts, columns: SeatsDataColumns): DrawnPart {
  const title = titles[part.kind];
  const share = shareFormatterOf(undefined)(part.share);
  const key = part.kind === 'recent' || part.kind === 'excess' ? 'assigned' : part.kind;
  const field = columns.get(key);
  return {
    ...part,
    title,
    note: {
      title,
      lines: [
        { label: 'Seats', text: fullCount(part.count) },
        { label: 'Of all', text: share },
      ],
      remark: meanings[part.kind],
    },
    spoken: `${title}: ${fullCount(part.count)} seats, ${share} of all`,
    hasLinks: (field?.config.links?.length ?? 0) > 0,
    links: () => linksOf(field, last.row),
  };
}

type SeatsDataColumns = NonNullable<SeatsData['seats']>['columns'];

/** Without the column nothing was asked; with it and without a value, nobody has said what a seat costs. */
function costOf(
  { idleCost }: SeatCounts,
  columns: SeatsDataColumns,
  context: { theme: GrafanaTheme2; timeZone: TimeZone },
): SeatsNow['cost'] {
  const field = columns.get('idleCost');
  if (!field) {
    return undefined;
  }
  return idleCost === null
    ? { text: noPriceText, isKnown: false }
    : { text: `${formatterOf(field, { unit: 'none' }, context)(idleCost)} a month`, isKnown: true };
}

function trendOf({ seats }: SeatsData, timeZone: TimeZone): SeatsTrend | undefined {
  const counts = (seats?.counts ?? []).filter(({ time }) => time !== null);
  if (counts.length < 2) {
    return undefined;
  }
  const times = counts.flatMap(({ time }) => (time === null ? [] : [time]));
  const zone = zoneOfDays(times, timeZone, seats?.frame.meta?.custom);
  const text = (time: number | null | undefined) => timeText(time ?? null, counts, zone);
  return {
    counts,
    notes: counts.map(({ time, purchased, assigned, active, idle }) => {
      const lines = [
        { label: 'Purchased', text: fullCount(purchased) },
        { label: 'Assigned', text: fullCount(assigned) },
        { label: 'Active', text: fullCount(active) },
        { label: 'Idle', text: fullCount(idle) },
      ];
      const title = text(time);
      return {
        title,
        lines,
        spoken: `${title}: ${lines.map(({ label, text: value }) => `${label} ${value}`).join(', ')}`,
      };
    }),
    from: text(counts[0]?.time),
    to: text(counts.at(-1)?.time),
  };
}

function transitionsOf({ transitions }: SeatsData, { theme, timeZone }: Input): DrawnTransition[] {
  if (!transitions) {
    return [];
  }
  const { columns, rows } = transitions;
  const seats = formatterOf(columns.get('seats'), { unit: 'none' }, { theme, timeZone });
  const cost = formatterOf(columns.get('monthlyCost'), { unit: 'none' }, { theme, timeZone });
  return rows
    .map((row, index) => ({ ...row, index }))
    .sort((a, b) => placeOf(a.transition) - placeOf(b.transition) || a.index - b.index)
    .map(({ transition, seats: count, monthlyCost, index }) => ({
      key: `${transition} ${index}`,
      ...wordsOf(transition),
      seats: seats(count),
      cost: cost(monthlyCost),
    }));
}

function remarksOf({ seats }: SeatsData): string[] {
  const last = seats?.counts.at(-1);
  const excess = (last?.assigned ?? 0) - (last?.purchased ?? Infinity);
  return excess > 0 ? [`${fullCount(excess)} more assigned than purchased.`] : [];
}
