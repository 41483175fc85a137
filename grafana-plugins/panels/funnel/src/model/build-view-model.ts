import {
  displayOf,
  formatterOf,
  fullCount,
  linksOf,
  readExplanation,
  shareFormatterOf,
  type Explanation,
  type NoteContent,
  type ShapeProblem,
  type ViewModelInput,
} from '@coditect/plugins-shared/panel';
import type { GrafanaTheme2, LinkModel, TimeZone } from '@grafana/data';
import type { FunnelPanelOptions } from '../types';
import { colorOf } from './color';
import { orderGroups } from './order-groups';
import { readFunnel, type FunnelData, type FunnelGroup, type StepValues } from './read-funnel';
import { conversionOf, findWorst, totalsOf, type StepTotal } from './shares';

/** One step of one group, ready to be drawn. */
export interface FunnelBar {
  group: string;
  /** 0 to 1, of the longest bar there can be. */
  size: number;
  color: string;
  users: string;
  conversion: string;
  note: Omit<NoteContent, 'links'>;
  spoken: string;
  hasLinks: boolean;
  links: () => LinkModel[];
}

export interface FunnelStep {
  key: string;
  label: string;
  bars: FunnelBar[];
  /** From the step before; `undefined` for the first one, and where nobody was left to lose. */
  loss: { text: string; time: string | undefined } | undefined;
  isWorst: boolean;
}

export interface FunnelViewModel {
  steps: FunnelStep[];
  groups: { name: string; color: string }[];
  remarks: string[];
  table: { columns: string[]; rows: string[][] };
  explanation: Explanation | undefined;
  problem: ShapeProblem | undefined;
}

type Input = ViewModelInput<FunnelPanelOptions>;

const stepsMax = 30;

/** Turns frames, ours or any other data source's, into steps with bars. */
export function buildViewModel({ frames, options, theme, timeZone }: Input): FunnelViewModel {
  const data = readFunnel(frames);
  const keys = data.steps.map(({ key }) => key);
  const groups = orderGroups(data.groups, keys, options.groupOrder).slice(0, options.groupsMax);
  const totals = totalsOf(groups, keys);
  const worst = options.highlightWorst ? findWorst(totals) : undefined;
  const context: BarContext = {
    ...{ options, theme, keys, timeZone, groupCount: groups.length },
    longest: Math.max(
      0,
      ...groups.flatMap(({ steps }) => [...steps.values()].map(({ users }) => users ?? 0)),
    ),
  };
  const steps = data.steps.slice(0, stepsMax).map(({ key, label }, index): FunnelStep => ({
    ...{ key, label },
    bars: groups.map((group, position) => barOf(group, position, { key, label, index }, context)),
    loss: lossOf(groups, index, totals, context),
    isWorst: index === worst,
  }));
  return {
    steps,
    groups: groups.map(({ name }, position) => ({ name, color: colorOf(position, groups.length, theme) })),
    remarks: remarksOf(data, groups.length),
    table: tableOf(steps),
    explanation: options.showDefinition ? readExplanation(data.frame?.meta?.custom, timeZone) : undefined,
    problem: data.problem,
  };
}

interface BarContext {
  options: FunnelPanelOptions;
  theme: GrafanaTheme2;
  timeZone: TimeZone;
  keys: readonly string[];
  groupCount: number;
  longest: number;
}

function barOf(
  group: FunnelGroup,
  position: number,
  { key, label, index }: { key: string; label: string; index: number },
  context: BarContext,
): FunnelBar {
  const { options, theme, keys, longest, groupCount } = context;
  const values = group.steps.get(key);
  const users = values?.users ?? null;
  const fromStart = conversionOf(users, group.steps.get(keys[0] ?? '')?.users ?? null);
  const before = index === 0 ? null : (group.steps.get(keys[index - 1] ?? '')?.users ?? null);
  const fromPrevious = conversionOf(users, before);
  const share = shareFormatterOf(group.columns.get('conversion')?.config.decimals);
  const lines = linesOf({ values, users, before, fromStart, fromPrevious, index }, group, context);
  const title = group.name === '' ? label : `${label}, ${group.name}`;
  const usersField = group.columns.get('users');
  const isFromStart = options.conversionFrom === 'start' || index === 0;
  return {
    group: group.name,
    size: sizeOf(options.measure === 'users' ? conversionOf(users, longest) : fromStart),
    color: colorOf(position, groupCount, theme, {
      by: options.colorBy,
      shown: displayOf(usersField, {}, context)(users).color,
      conversion: fromStart,
      thresholds: (group.columns.get('conversion') ?? usersField)?.config.thresholds,
    }),
    users: formatterOf(usersField, { unit: 'short' }, context)(users),
    conversion: share(isFromStart ? fromStart : fromPrevious),
    note: { title, lines },
    spoken: `${title}: ${lines.map(({ label: name, text }) => `${name} ${text}`).join('; ')}`,
    hasLinks: (usersField?.config.links?.length ?? 0) > 0 && values !== undefined,
    links: () => linksOf(usersField, values?.row),
  };
}

interface BarNumbers {
  values: StepValues | undefined;
  users: number | null;
  before: number | null;
  fromStart: number | null;
  fromPrevious: number | null;
  index: number;
}

/** Everything that is known of a bar: the same for the tooltip, the label and the table. */
function linesOf(numbers: BarNumbers, { columns }: FunnelGroup, context: BarContext): NoteContent['lines'] {
  const { values, users, before, fromStart, fromPrevious, index } = numbers;
  const share = shareFormatterOf(columns.get('conversion')?.config.decimals);
  const first = [
    { label: 'Users', text: fullCount(users) },
    { label: 'Of the start', text: share(fromStart) },
  ];
  if (index === 0) {
    return first;
  }
  const lost = users === null || before === null ? null : before - users;
  const times = [
    { label: 'Median time', key: 'median', value: values?.medianMs ?? null },
    { label: 'Nine in ten within', key: 'p90', value: values?.p90Ms ?? null },
  ] as const;
  return [
    ...first,
    { label: 'Of the step before', text: share(fromPrevious) },
    {
      label: 'Lost',
      text: `${fullCount(lost)} (${share(conversionOf(lost, before))})`,
    },
    ...times.flatMap(({ label, key, value }) =>
      value === null ? [] : [{ label, text: formatterOf(columns.get(key), { unit: 'ms' }, context)(value) }],
    ),
  ];
}

function lossOf(
  groups: readonly FunnelGroup[],
  index: number,
  totals: readonly StepTotal[],
  context: BarContext,
): FunnelStep['loss'] {
  const [first] = groups;
  const share = totals[index]?.dropShare ?? null;
  if (share === null || !first) {
    return undefined;
  }
  const percent = shareFormatterOf(first.columns.get('conversion')?.config.decimals);
  // A median of several groups is not to be had from their medians.
  const median = groups.length === 1 ? (first.steps.get(context.keys[index] ?? '')?.medianMs ?? null) : null;
  return {
    text: `${share < 0 ? '+' : '−'}${percent(Math.abs(share))}`,
    time:
      median === null ? undefined : formatterOf(first.columns.get('median'), { unit: 'ms' }, context)(median),
  };
}

function sizeOf(share: number | null): number {
  return Math.min(Math.max(share ?? 0, 0), 1);
}

function remarksOf({ groups, steps, repeatedCount }: FunnelData, shownCount: number): string[] {
  const hiddenGroups = groups.length - shownCount;
  const hiddenSteps = steps.length - stepsMax;
  return [
    hiddenGroups > 0
      ? `${hiddenGroups} more ${hiddenGroups === 1 ? 'group is' : 'groups are'} not shown.`
      : '',
    hiddenSteps > 0 ? `${hiddenSteps} more steps are not shown.` : '',
    repeatedCount > 0
      ? `${repeatedCount} rows repeat a step and are not shown: the query has one more dimension than a funnel.`
      : '',
  ].filter((remark) => remark !== '');
}

function tableOf(steps: readonly FunnelStep[]): FunnelViewModel['table'] {
  const labels = new Set(
    steps.flatMap(({ bars }) => bars.flatMap(({ note }) => note.lines.map(({ label }) => label))),
  );
  return {
    columns: ['Step', ...labels],
    rows: steps.flatMap(({ bars, isWorst }) =>
      bars.map(({ note }) => [
        `${note.title}${isWorst ? ' (largest drop)' : ''}`,
        ...[...labels].map((wanted) => note.lines.find(({ label }) => label === wanted)?.text ?? ''),
      ]),
    ),
  };
}
