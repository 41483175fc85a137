import { eventDataSchemas } from '@coditect/contracts';
import type { DimensionName, SumName } from '../../metric-reads.js';

/** Tells single rows, of the same dimensions and sums as the source that it belongs to. */
type EdgeSource = Pick<Source, 'table' | 'timeColumn'>;

/** A table from which measures can be read. */
export interface Source {
  readonly table: string;
  readonly timeColumn: string;
  /** Width of the finest row. Whole grains are read here; what is left at the edges comes from raw events. */
  readonly grainMs: number;
  /** The only event types in the table; absent when all are. */
  readonly onlyTypes?: readonly string[];
  /** SQL that gives a dimension as text. */
  readonly dimensions: Readonly<Partial<Record<DimensionName, string>>>;
  readonly sums: Readonly<Partial<Record<SumName, string>>>;
  /** Has the sketch of durations (or, in raw, the durations themselves). */
  readonly hasDurations: boolean;
  /** Rows are events, not sums. */
  readonly isRaw: boolean;
  /** Rows are whole local days, and belong where they begin: raw events know nothing of them. */
  readonly isOfDays?: boolean;
  /** What lies beside whole grains is read from here, to the millisecond; from raw events when left out. */
  readonly edges?: EdgeSource;
}

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const apiRequestCompleted = 'ai.coditect.api.request.completed.v1';
const agentTypes = Object.keys(eventDataSchemas).filter((type) => type.startsWith('ai.coditect.agent.'));
const statusCodeText = `if(status_code = 0, '', toString(status_code))`;

const activityDimensions = {
  domain: 'domain',
  type: 'type',
  status: 'status',
  team: 'team',
  project: 'project',
  repository: 'repository',
  agent: 'agent',
  agentVersion: 'agent_version',
  model: 'model',
  workflow: 'workflow',
  tool: 'tool',
  language: 'language',
  kind: 'kind',
} as const satisfies Source['dimensions'];

const tokenAndCostSums = {
  tokensInput: 'tokens_input',
  tokensOutput: 'tokens_output',
  tokensCacheRead: 'tokens_cache_read',
  tokensCacheCreation: 'tokens_cache_creation',
  tokensReasoning: 'tokens_reasoning',
  costUsd: 'cost_usd',
} as const satisfies Source['sums'];

/** Every row, to the millisecond. The answer to everything, and the slowest. */
export const rawSource: Source = {
  table: 'events_raw_v1',
  timeColumn: 'occurred_at',
  grainMs: 1,
  dimensions: { ...activityDimensions, route: 'route', method: 'method', statusCode: statusCodeText },
  sums: { ...tokenAndCostSums, responseBytes: 'response_bytes' },
  hasDurations: true,
  isRaw: true,
};

/** In the order in which they are tried: the smallest table first, raw events last. */
export const sources: readonly Source[] = [
  {
    table: 'events_per_minute_v1',
    timeColumn: 'minute',
    grainMs: minuteMs,
    dimensions: { domain: 'domain', type: 'type' },
    sums: {},
    hasDurations: false,
    isRaw: false,
  },
  {
    table: 'api_requests_per_minute_v1',
    timeColumn: 'minute',
    grainMs: minuteMs,
    onlyTypes: [apiRequestCompleted],
    dimensions: { type: 'type', method: 'method', statusCode: statusCodeText },
    sums: {},
    hasDurations: false,
    isRaw: false,
  },
  {
    table: 'api_requests_per_quarter_v1',
    timeColumn: 'quarter',
    grainMs: quarterMs,
    onlyTypes: [apiRequestCompleted],
    dimensions: { type: 'type', route: 'route', method: 'method', statusCode: statusCodeText },
    sums: { responseBytes: 'response_bytes' },
    hasDurations: true,
    isRaw: false,
  },
  {
    table: 'activity_per_quarter_v1',
    timeColumn: 'quarter',
    grainMs: quarterMs,
    dimensions: activityDimensions,
    sums: tokenAndCostSums,
    hasDurations: false,
    isRaw: false,
  },
  {
    table: 'agent_durations_per_quarter_v1',
    timeColumn: 'quarter',
    grainMs: quarterMs,
    onlyTypes: agentTypes,
    dimensions: { type: 'type', status: 'status', agent: 'agent', model: 'model' },
    sums: {},
    hasDurations: true,
    isRaw: false,
  },
  {
    table: 'day_checks_v1',
    timeColumn: 'day',
    grainMs: 1_000,
    dimensions: {
      type: 'type',
      domain: `if(startsWith(type, 'ai.coditect.'), splitByChar('.', type)[3], 'other')`,
    },
    sums: {
      streamEvents: 'stream_events',
      batchEvents: 'batch_events',
      matchedEvents: 'least(stream_events, batch_events)',
      differingEvents: 'greatest(stream_events, batch_events) - least(stream_events, batch_events)',
      lateEvents: 'late_events',
    },
    hasDurations: false,
    isRaw: false,
    isOfDays: true,
  },
  {
    table: 'accepted_per_minute_v1',
    timeColumn: 'minute',
    grainMs: minuteMs,
    dimensions: { domain: 'domain', type: 'type' },
    sums: {
      duplicateEvents: 'duplicate_events',
      acceptedEvents: 'stored_events + duplicate_events',
    },
    hasDurations: false,
    isRaw: false,
    edges: { table: 'accepted_events_v1', timeColumn: 'occurred_at' },
  },
  rawSource,
];
