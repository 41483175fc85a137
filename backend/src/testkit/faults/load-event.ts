import { createHash } from 'node:crypto';

const sources = ['/faults/eu', '/faults/us', '/faults/asia'];
const day = 86_400_000;
/** Events that follow each other are of one day, so that most inserts are of one month, and some of two. */
const eventsPerDay = 30;
/** Three months before the end of which nothing is ahead of any clock. */
const firstDay = Date.UTC(2026, 0, 1);
const daysOfLoad = 89;
const noiseBytes = 3_000;

interface LoadEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, string | number>>;
}

/** One of each kind that has an aggregate of its own, an unknown type, and one without a user. */
const kinds: readonly ((index: number) => LoadEvent)[] = [
  (index) => ({
    type: 'ai.coditect.agent.run.finished.v1',
    data: {
      ...personOf(index),
      agent: `agent-${index % 4}`,
      model: `model-${index % 3}`,
      status: index % 7 === 0 ? 'failed' : 'succeeded',
      durationMs: 100 + (index % 5_000),
      tokensInput: index % 2_000,
      costUsd: milliUsdOf(index) / 1_000,
    },
  }),
  (index) => ({
    type: 'ai.coditect.api.request.completed.v1',
    data: {
      method: 'GET',
      route: `/r/${index % 9}`,
      statusCode: index % 50 === 0 ? 503 : 200,
      durationMs: index % 300,
    },
  }),
  (index) => ({
    type: 'ai.coditect.agent.tool.called.v1',
    data: {
      ...personOf(index),
      agent: `agent-${index % 4}`,
      tool: `tool-${index % 6}`,
      status: 'succeeded',
      durationMs: 5,
    },
  }),
  (index) => ({
    type: 'ai.coditect.ide.suggestion.shown.v1',
    data: { ...personOf(index), language: 'rust' },
  }),
  (index) => ({ type: 'ai.coditect.workflow.change.merged.v1', data: personOf(index) }),
  (index) => ({ type: 'ai.coditect.licence.seat.assigned.v1', data: personOf(index) }),
  (index) => ({
    type: `ai.coditect.faults.kind-${index % 3}.v1`,
    data: { ...personOf(index), note: noiseOf(index) },
  }),
];

function personOf(index: number): Record<string, string> {
  return { userId: `user-${index % 40}`, team: `team-${index % 5}`, project: `project-${index % 3}` };
}

/** What no compression makes smaller, so that queues can be filled. */
function noiseOf(index: number): string {
  return createHash('shake256', { outputLength: noiseBytes }).update(String(index)).digest('base64');
}

function milliUsdOf(index: number): number {
  return index % 1_000;
}

function kindOf(index: number): number {
  return index % kinds.length;
}

/** The event of this number: the same again whenever it is asked for. */
export function loadEvent(index: number): Readonly<Record<string, unknown>> {
  const kind = kinds[kindOf(index)];
  if (kind === undefined) throw new Error(`no event ${index}`);
  return {
    specversion: '1.0',
    id: `event-${index}`,
    source: sources[index % sources.length],
    time: new Date(
      firstDay + (Math.floor(index / eventsPerDay) % daysOfLoad) * day + (index % 1_440) * 60_000,
    ).toISOString(),
    ...kind(index),
  };
}

/** An event that is refused for its time, while its neighbours are kept. */
export function brokenEvent(index: number): Readonly<Record<string, unknown>> {
  return { ...loadEvent(index), id: `broken-${index}`, time: 'yesterday' };
}

/** What the store must count once events 0 to `count - 1` are in it. */
export interface ExpectedCounts {
  readonly events: number;
  readonly apiRequests: number;
  readonly agentEvents: number;
  readonly milliUsd: number;
}

export function expectedCounts(count: number): ExpectedCounts {
  let apiRequests = 0;
  let agentEvents = 0;
  let milliUsd = 0;
  for (let index = 0; index < count; index += 1) {
    const kind = kindOf(index);
    if (kind === 1) apiRequests += 1;
    if (kind === 0 || kind === 2) agentEvents += 1;
    if (kind === 0) milliUsd += milliUsdOf(index);
  }
  return { events: count, apiRequests, agentEvents, milliUsd };
}
