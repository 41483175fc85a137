import type { eventOnlyDimensions } from '@coditect/contracts';
import type { DimensionFilter, DimensionName } from '../../metric-reads.js';
import { instantSql } from './time-sql.js';
import { filtersSql } from './filters.js';
import type { ParamBinder } from './param-binder.js';
import { rawSource } from './sources.js';

export type EventOnlyDimension = (typeof eventOnlyDimensions)[number];
/** What single events can be filtered by: dimensions of KPIs, those of events, and whatever has no column. */
export type EventDimension = DimensionName | EventOnlyDimension | `attributes.${string}`;

/** Which events are meant: of a time, that pass every filter, with every word in their line. */
export interface EventSelection {
  readonly fromMs: number;
  readonly toMs: number;
  readonly filters: readonly DimensionFilter<EventDimension>[];
  /** Letter case aside. */
  readonly words: readonly string[];
}

/** From the outcome: failed, timed out or 5xx is an error; cancelled, rejected or 4xx a warning; the rest is info. */
export const levelSql = `multiIf(status IN ('failed', 'timed_out') OR status_code >= 500, 'error', status IN ('cancelled', 'rejected') OR status_code >= 400, 'warning', 'info')`;

const eventOnlySql = {
  eventId: 'toString(event_id)',
  id: 'id',
  source: 'source',
  subject: 'subject',
  user: 'user_id',
  session: 'session_id',
  level: levelSql,
} as const satisfies Record<EventOnlyDimension, string>;

/** Longer lines end here: a line is for a reader. */
const lineCharsMax = 2_000;

const namedTexts = [
  ['agent', 'agent'],
  ['agentVersion', 'agent_version'],
  ['model', 'model'],
  ['workflow', 'workflow'],
  ['tool', 'tool'],
  ['kind', 'kind'],
  ['language', 'language'],
  ['repository', 'repository'],
  ['project', 'project'],
  ['team', 'team'],
  ['subject', 'subject'],
  ['user', 'user_id'],
  ['session', 'session_id'],
] as const;
const namedCounts = [
  ['tokensInput', 'tokens_input'],
  ['tokensOutput', 'tokens_output'],
  ['costUsd', 'cost_usd'],
  ['responseBytes', 'response_bytes'],
] as const;

/**
 * The event in one line: `agent.run.finished failed agent=reviewer model=... durationMs=812 error.type=Timeout`. Made in
 * the engine and nowhere else, so that what a search matches is what its reader sees.
 */
const lineSql = (() => {
  const shortType = String.raw`replaceRegexpOne(type, '^ai\\.coditect\\.(.+)\\.v[0-9]+$', '\\1')`;
  const bare = ['status', 'method', 'route'].map(
    (column) => `if(${column} = '', '', concat(' ', ${column}))`,
  );
  const parts = [
    `toString(${shortType})`,
    ...bare,
    `if(status_code = 0, '', concat(' ', toString(status_code)))`,
    ...namedTexts.map(([name, column]) => `if(${column} = '', '', concat(' ${name}=', ${column}))`),
    `if(isNull(duration_ms), '', concat(' durationMs=', toString(assumeNotNull(duration_ms))))`,
    ...namedCounts.map(([name, column]) => `if(${column} = 0, '', concat(' ${name}=', toString(${column})))`),
    `arrayStringConcat(arraySort(arrayMap((name, value) -> concat(' ', name, '=', value), mapKeys(attributes), mapValues(attributes))))`,
  ];
  const oneLine = String.raw`translate(concat(${parts.join(', ')}), '\n\r\t', '   ')`;
  return `leftUTF8(${oneLine}, ${lineCharsMax})`;
})();

/** Columns of an event as they are read, beside `occurred_at` and `event_id`; names that differ from those of columns. */
export const eventOutputs = [
  `toUnixTimestamp64Milli(occurred_at) AS at_ms`,
  `toUnixTimestamp64Milli(received_at) AS received_ms`,
  `toString(event_id) AS event_text`,
  `toString(type) AS type_text`,
  `${levelSql} AS level_text`,
  `${lineSql} AS line_text`,
].join(', ');

/** SQL for what single events can be filtered by. A name of an attribute is bound like any value. */
function expressionsOf(
  filters: readonly DimensionFilter<EventDimension>[],
  bind: ParamBinder['bind'],
): Readonly<Partial<Record<EventDimension, string>>> {
  const attributes = filters.flatMap(({ dimension }): [string, string][] => {
    const name = attributeOf(dimension);
    return name === undefined ? [] : [[dimension, `attributes[${bind(name, 'String')}]`]];
  });
  return { ...rawSource.dimensions, ...eventOnlySql, ...Object.fromEntries(attributes) };
}

const attributePrefix = 'attributes.';

/** The name of the attribute that a dimension is, if it is one. */
export function attributeOf(dimension: string): string | undefined {
  const name = dimension.startsWith(attributePrefix) ? dimension.slice(attributePrefix.length) : '';
  return name === '' ? undefined : name;
}

/**
 * What stands before a `SELECT` whose conditions are those of the selection, unless it has the outputs of an event: the
 * line, written once however many words are looked for in it.
 */
export function withLineSql({ words }: EventSelection): string {
  return words.length === 0 ? '' : `WITH ${lineSql} AS line_text\n`;
}

/**
 * Conditions on `events_raw_v1`, for `AND`. The tenant and the time come first, and are always there. Words are looked for
 * in `line_text`.
 */
export function selectionSql(
  tenantId: string,
  selection: EventSelection,
  bind: ParamBinder['bind'],
): readonly string[] {
  const { fromMs, toMs, filters, words } = selection;
  return [
    `tenant_id = ${bind(tenantId, 'String')}`,
    `occurred_at >= ${instantSql(fromMs, bind)}`,
    `occurred_at < ${instantSql(toMs, bind)}`,
    ...filtersSql(filters, expressionsOf(filters, bind), bind),
    ...words.map((word) => `position(lowerUTF8(line_text), lowerUTF8(${bind(word, 'String')})) > 0`),
  ];
}
