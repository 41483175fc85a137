import {
  describeShape,
  findColumns,
  hasNamedColumns,
  hasRows,
  isHidden,
  toNumber,
  toText,
  type ColumnWish,
  type ShapeProblem,
} from '@coditect/plugins-shared/panel';
import { FieldType, type DataFrame, type Field } from '@grafana/data';

type Key = 'group' | 'label' | 'step' | 'users' | 'conversion' | 'median' | 'p90';

export type FunnelColumns = ReadonlyMap<Key, Field>;

/** One step of one group, as its row says. */
export interface StepValues {
  users: number | null;
  medianMs: number | null;
  p90Ms: number | null;
  /** Of the frame, for its links. */
  row: number;
}

export interface FunnelGroup {
  /** The value of the breakdown; empty when there is none. */
  name: string;
  columns: FunnelColumns;
  /** By the step's key. A step that the frame doesn't have isn't in it. */
  steps: ReadonlyMap<string, StepValues>;
}

export interface FunnelData {
  steps: { key: string; label: string }[];
  groups: FunnelGroup[];
  /** Rows of a step that its group already had: the frame has one more dimension than a funnel. */
  repeatedCount: number;
  frame: DataFrame | undefined;
  /** Set when none of the frames can be read. */
  problem: ShapeProblem | undefined;
}

const wishes: ReadonlyArray<ColumnWish<Key>> = [
  {
    key: 'group',
    names: ['breakdown', 'group'],
    types: [FieldType.string],
    isNeeded: false,
    meaning: 'one funnel for each of its values; any other text field will do',
  },
  {
    key: 'label',
    names: ['label', 'step', 'name'],
    types: [FieldType.string],
    isNeeded: true,
    meaning: 'name of the step',
  },
  {
    key: 'step',
    names: ['step', 'order', 'index'],
    types: [FieldType.number],
    isNeeded: false,
    meaning: 'place of the step; without it, the order of the rows',
  },
  {
    key: 'users',
    names: ['users', 'count', 'value'],
    types: [FieldType.number],
    isNeeded: true,
    meaning: 'how many took the step',
  },
  {
    key: 'conversion',
    names: ['conversion'],
    types: [FieldType.number],
    isNeeded: false,
    meaning: 'carries decimals and thresholds for shares, which are computed from users',
  },
  {
    key: 'median',
    names: ['medianMs', 'median'],
    types: [FieldType.number],
    isNeeded: false,
    meaning: 'time from the step before, in milliseconds',
  },
  {
    key: 'p90',
    names: ['p90Ms', 'p90'],
    types: [FieldType.number],
    isNeeded: false,
    meaning: 'time that nine in ten stay below, in milliseconds',
  },
];

/** Whether a frame calls its columns as a funnel does. A name and a count alone could be anything: the place tells. */
export function isNamedFunnel(frame: DataFrame): boolean {
  return hasNamedColumns(
    frame,
    wishes.map((wish) => (wish.key === 'step' ? { ...wish, isNeeded: true } : wish)),
  );
}

/** Reads funnels from frames of any source: one row for each step, of each value of a breakdown if there is one. */
export function readFunnel(frames: readonly DataFrame[]): FunnelData {
  const readable = frames
    .filter(hasRows)
    .map((frame) => ({ frame, ...findColumns(frame, wishesFor(frame)) }))
    .filter(({ missing }) => missing.length === 0);
  const collector = collect();
  for (const { frame, columns } of readable) {
    const frameName = readable.length > 1 ? (frame.name ?? frame.refId ?? '') : '';
    for (let row = 0; row < frame.length; row += 1) {
      collector.add(columns, row, frameName);
    }
  }
  const filled = frames.filter(hasRows);
  return {
    ...collector.result(),
    frame: readable[0]?.frame,
    problem: readable.length === 0 && filled.length > 0 ? describeShape(filled, wishes) : undefined,
  };
}

/** With several texts, the one that isn't the step's name is the breakdown: ours comes before the name. */
function wishesFor(frame: DataFrame): ReadonlyArray<ColumnWish<Key>> {
  const texts = frame.fields.filter((field) => field.type === FieldType.string && !isHidden(field));
  return wishes.map((wish) => (wish.key === 'group' ? { ...wish, isNeeded: texts.length > 1 } : wish));
}

function collect() {
  const labels = new Map<string, { key: string; label: string; place: number }>();
  const groups = new Map<string, { columns: FunnelColumns; steps: Map<string, StepValues> }>();
  let repeatedCount = 0;
  return {
    add: (columns: FunnelColumns, row: number, frameName: string) => {
      const cell = (key: Key): unknown => columns.get(key)?.values[row];
      const label = toText(cell('label'));
      const place = toNumber(cell('step'));
      const key = place === null ? label : String(place);
      if (!labels.has(key)) {
        labels.set(key, { key, label: label === '' ? `Step ${key}` : label, place: place ?? labels.size });
      }
      const name = groupName(frameName, columns.has('group') ? toText(cell('group')) : undefined);
      const group = groups.get(name) ?? { columns, steps: new Map<string, StepValues>() };
      groups.set(name, group);
      if (group.steps.has(key)) {
        repeatedCount += 1;
        return;
      }
      group.steps.set(key, {
        users: toNumber(cell('users')),
        medianMs: toNumber(cell('median')),
        p90Ms: toNumber(cell('p90')),
        row,
      });
    },
    result: () => ({
      steps: [...labels.values()].sort((a, b) => a.place - b.place).map(({ key, label }) => ({ key, label })),
      groups: [...groups].map(([name, group]): FunnelGroup => ({ name, ...group })),
      repeatedCount,
    }),
  };
}

function groupName(frameName: string, value: string | undefined): string {
  const shown = value === '' ? '(none)' : value;
  return [frameName, shown].filter((part) => part !== undefined && part !== '').join(' · ');
}
