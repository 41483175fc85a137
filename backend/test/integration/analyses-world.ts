import {
  analysisAnswerSchema,
  errorBodySchema,
  type AnalysisAnswer,
  type AnalysisKind,
  type ErrorBody,
  type EventEnvelope,
} from '@coditect/contracts';
import fc from 'fast-check';
import { anEvent } from '../../src/testkit/an-event.js';
import type { MetricsWorld } from './metrics-world.js';

/** The answer to an analysis; fails the test when it is refused. */
export async function analyse(
  world: MetricsWorld,
  kind: AnalysisKind,
  query: object,
  tenant = 'acme',
): Promise<AnalysisAnswer> {
  const { status, body } = await sayTo(world, kind, JSON.stringify(query), {
    authorization: `Bearer ${tenant}`,
  });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return analysisAnswerSchema.parse(body);
}

/** What is said to a body that ought to be refused. */
export async function refuseAnalysis(
  world: MetricsWorld,
  kind: string,
  body: string,
  headers: Record<string, string> = { authorization: 'Bearer acme' },
): Promise<{ status: number; error: ErrorBody['error'] }> {
  const answer = await sayTo(world, kind, body, headers);
  return { status: answer.status, error: errorBodySchema.parse(answer.body).error };
}

/** What is said to a body, whatever it is. */
export async function sayTo(
  world: MetricsWorld,
  kind: string,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${world.url}/v1/analyses/${kind}`, { method: 'POST', headers, body });
  return { status: response.status, body: await response.json() };
}

export const opened = 'ai.coditect.ide.session.started.v1';
export const ran = 'ai.coditect.agent.run.finished.v1';
export const merged = 'ai.coditect.workflow.change.merged.v1';

/** An event as random tests make it: what analyses look at, and nothing else. */
export interface Deed {
  readonly user: string | undefined;
  readonly type: string;
  readonly atMs: number;
  readonly team: string;
  readonly status: string;
}

/** Few users, few types and, by `times`, few instants, so that ties, empty users and repeats are frequent. */
export function deedsAt(times: fc.Arbitrary<number>, max: number): fc.Arbitrary<readonly Deed[]> {
  return fc.array(
    fc.record({
      user: fc.constantFrom('ada', 'bob', 'cy', 'dan', undefined),
      type: fc.constantFrom(opened, ran, merged),
      atMs: times,
      team: fc.constantFrom('red', 'blue', ''),
      status: fc.constantFrom('succeeded', 'failed'),
    }),
    { maxLength: max, size: 'max' },
  );
}

export function toEvents(tenantId: string, deeds: readonly Deed[]): EventEnvelope[] {
  return deeds.map(({ user, type, atMs, team, status }) =>
    anEvent({
      tenantId,
      type,
      occurredAt: atMs,
      team,
      status,
      ...(user !== undefined && { userId: user }),
    }),
  );
}

/** A tenant of its own for each run, with another one beside it whose users bear the same names. */
export async function storeApart(world: MetricsWorld, run: number, deeds: readonly Deed[]): Promise<string> {
  const tenant = `acme-${run}`;
  const others = deeds.map((deed, index) => ({ ...deed, atMs: deed.atMs - 1 + (index % 3), team: 'red' }));
  // In two parts and not in the order of time: late events are as good as others.
  const half = Math.floor(deeds.length / 2);
  await world.store([...toEvents(tenant, deeds.slice(half)), ...toEvents(`other-${run}`, others)]);
  await world.store(toEvents(tenant, deeds.slice(0, half)));
  return tenant;
}

/** Deeds of each known user. */
export function byUser(deeds: readonly Deed[]): ReadonlyMap<string, readonly Deed[]> {
  const users = new Map<string, Deed[]>();
  for (const deed of deeds) {
    if (deed.user === undefined) continue;
    users.set(deed.user, [...(users.get(deed.user) ?? []), deed]);
  }
  return users;
}

/** The value at the nearest rank. */
export function valueAt(level: number, values: readonly number[]): number | null {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.ceil(level * sorted.length) - 1] ?? null;
}

export interface DeedMatch {
  readonly type?: string;
  readonly filters?: readonly {
    readonly dimension: 'team' | 'status';
    readonly operator: '=';
    readonly value: string;
  }[];
}

export function matches(deed: Deed, { type, filters = [] }: DeedMatch): boolean {
  return (
    (type === undefined || deed.type === type) &&
    filters.every(({ dimension, value }) => deed[dimension] === value)
  );
}

const team = (value: string) => ({ dimension: 'team', operator: '=', value }) as const;
const status = (value: string) => ({ dimension: 'status', operator: '=', value }) as const;
/** Of one type, of any, and such that one event may be several of them. */
export const anyMatch: fc.Arbitrary<DeedMatch> = fc.constantFrom<DeedMatch>(
  {},
  { type: opened },
  { type: ran },
  { type: merged },
  { type: ran, filters: [status('succeeded')] },
  { filters: [team('red')] },
  { filters: [status('failed')] },
);
export const anyFilters: fc.Arbitrary<NonNullable<DeedMatch['filters']>> = fc.constantFrom<
  NonNullable<DeedMatch['filters']>
>([], [], [team('red')], [status('succeeded')]);
