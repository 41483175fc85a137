import type { EventEnvelope, Filter, FoundEvent } from '@coditect/contracts';
import { anEvent } from '../../src/testkit/an-event.js';

const types = [
  'ai.coditect.agent.run.started.v1',
  'ai.coditect.agent.run.finished.v1',
  'ai.coditect.api.request.completed.v1',
  'ai.coditect.licence.seat.assigned.v1',
  'ai.coditect.licence.seat.purchased.v1',
  'ai.coditect.licence.seat.released.v1',
  'com.example.Deploy.v2',
];
const outcomes = [undefined, 'succeeded', 'failed', 'timed_out', 'cancelled', 'rejected'];
const notes = [
  '',
  'Zeitüberschreitung beim Öffnen',
  'naïve café',
  '100 % of\tquota\nused',
  "it's {p0:String} \\d+",
];

/** The same numbers on every run: a linear congruential generator. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export interface RandomEvents {
  readonly tenantId: string;
  readonly count: number;
  readonly seed: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Events fall on multiples of it, so that some fall on the same millisecond. */
  readonly stepMs: number;
}

/** Events of every kind that the oracles know: with and without outcome, agent, user and attributes. */
export function makeRandomEvents({
  tenantId,
  count,
  seed,
  fromMs,
  toMs,
  stepMs,
}: RandomEvents): EventEnvelope[] {
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const steps = Math.floor((toMs - fromMs) / stepMs);
  return Array.from({ length: count }, (_unused, index) => {
    const type = pick(types);
    const occurredAt = fromMs + random(steps) * stepMs;
    const shared = {
      tenantId,
      id: `${tenantId}-${seed}-${index}`,
      type,
      occurredAt,
      receivedAt: occurredAt + random(10_000),
      source: pick(['/ide', '/ci']),
      subject: pick([undefined, 'seat-1']),
      userId: pick([undefined, 'u1', 'u2', 'u3']),
      sessionId: pick([undefined, 's1']),
      team: pick([undefined, 'core', 'data']),
      attributes: { ...pick([{}, { 'error.type': pick(['Timeout', 'Quota']) }]), ...noteOf(pick(notes)) },
    };
    if (type.includes('.api.')) {
      const route = pick(['/v1/runs', '/v1/agents/:id']);
      const statusCode = pick([200, 200, 201, 404, 429, 500, 503]);
      return present({
        ...shared,
        route,
        method: pick(['GET', 'POST']),
        statusCode,
        durationMs: random(900) / 4,
      });
    }
    const agent = pick([undefined, 'reviewer', 'planner']);
    const agentVersion = agent === undefined ? undefined : pick([undefined, '1.0', '1.1', '2.0']);
    const costUsd = pick([undefined, random(1_000) / 1_000]);
    return present({ ...shared, status: pick(outcomes), agent, agentVersion, costUsd });
  });
}

const noteOf = (note: string): Record<string, string> => (note === '' ? {} : { note });

/** Without what is absent. */
function present(event: object): EventEnvelope {
  return anEvent(Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)));
}

export function levelOf({ status = '', statusCode = 0 }: EventEnvelope): FoundEvent['level'] {
  if (['failed', 'timed_out'].includes(status) || statusCode >= 500) return 'error';
  return ['cancelled', 'rejected'].includes(status) || statusCode >= 400 ? 'warning' : 'info';
}

/** The line as its docstring promises it, from the event as it was sent. */
export function lineOf(event: EventEnvelope): string {
  const { type, status, method, route, statusCode, durationMs, attributes } = event;
  const named = [
    ['agent', event.agent],
    ['agentVersion', event.agentVersion],
    ['subject', event.subject],
    ['team', event.team],
    ['user', event.userId],
    ['session', event.sessionId],
  ].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const order = ['agent', 'agentVersion', 'team', 'subject', 'user', 'session'];
  named.sort(([a = ''], [b = '']) => order.indexOf(a) - order.indexOf(b));
  const numbers = [
    ...(durationMs === undefined ? [] : [`durationMs=${durationMs}`]),
    ...((event.costUsd ?? 0) === 0 ? [] : [`costUsd=${event.costUsd}`]),
  ];
  const parts = [
    type.replace(/^ai\.coditect\.(.+)\.v\d+$/, '$1'),
    status,
    method,
    route,
    statusCode,
    ...named.map((pair) => pair.join('=')),
    ...numbers,
    ...Object.entries(attributes)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  ];
  return parts
    .filter((part) => part !== undefined)
    .join(' ')
    .replace(/[\n\r\t]/g, ' ');
}

function valueOf(event: EventEnvelope, dimension: string): string {
  const attribute = /^attributes\.(.+)$/.exec(dimension)?.[1];
  if (attribute !== undefined) return event.attributes[attribute] ?? '';
  switch (dimension) {
    case 'level':
      return levelOf(event);
    case 'user':
      return event.userId ?? '';
    case 'session':
      return event.sessionId ?? '';
    case 'domain':
      return event.type.startsWith('ai.coditect.') ? (event.type.split('.')[2] ?? '') : 'other';
    default: {
      const value = new Map<string, unknown>(Object.entries(event)).get(dimension);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    }
  }
}

function passes(event: EventEnvelope, { dimension, operator, value }: Filter): boolean {
  const is = valueOf(event, dimension);
  const list = Array.isArray(value) ? value : [value];
  switch (operator) {
    case '=':
    case 'in':
      return list.includes(is);
    case '!=':
    case 'not in':
      return !list.includes(is);
    case '=~':
      return list.every((pattern) => new RegExp(pattern, 's').test(is));
    case '!~':
      return !list.some((pattern) => new RegExp(pattern, 's').test(is));
  }
}

export interface Wanted {
  readonly tenant: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly filters: readonly Filter[];
  readonly words: readonly string[];
}

/** Those that a question means, by looking at each. */
export function selectEvents(events: readonly EventEnvelope[], wanted: Wanted): EventEnvelope[] {
  const words = wanted.words.map((word) => word.toLowerCase());
  return events.filter(
    (event) =>
      event.tenantId === wanted.tenant &&
      event.occurredAt >= wanted.fromMs &&
      event.occurredAt < wanted.toMs &&
      wanted.filters.every((filter) => passes(event, filter)) &&
      words.every((word) => lineOf(event).toLowerCase().includes(word)),
  );
}
