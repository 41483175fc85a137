import type { AnswerCell, EventEnvelope } from '@coditect/contracts';
import fc from 'fast-check';
import { anEvent } from '../../src/testkit/an-event.js';
import type { MetricsWorld } from './metrics-world.js';
import { day, hour, times } from './people-events.js';

export const nowMs = Date.UTC(2026, 3, 12, 9, 30);
const zones = ['UTC', 'Europe/London', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'] as const;
const run = 'ai.coditect.agent.run.finished.v1';
export const iso = (atMs: number): string => new Date(atMs).toISOString();

/** A user does something; `succeeded` and `failed` are agent runs. */
export interface Deed {
  readonly user: string;
  readonly team: string;
  readonly project: string;
  readonly atMs: number;
  readonly what: 'other' | 'succeeded' | 'failed';
}

export const anyDeeds = fc.array(
  fc.record({
    user: fc.constantFrom('ada', 'bob', 'cy', 'dan', 'eve'),
    team: fc.constantFrom('red', 'red', 'blue', ''),
    project: fc.constantFrom('', 'atlas'),
    // Some exactly seven days after others.
    atMs: fc.tuple(times, fc.constantFrom(0, 0, 7 * day, 7 * day + 1)).map(([at, more]) => at + more),
    what: fc.constantFrom<Deed['what']>('other', 'succeeded', 'succeeded', 'failed'),
  }),
  { maxLength: 40, size: 'max' },
);

export function toEvent(
  tenantId: string,
  { user, team, project, atMs, what }: Deed,
  receivedAt: number,
): EventEnvelope {
  return anEvent({
    ...{ tenantId, userId: user, team, project, occurredAt: atMs, receivedAt },
    ...(what !== 'other' && { type: run, status: what }),
  });
}

let tenants = 0;
/** In two goes and two months of receipt, beside another tenant with the same people. */
export async function storeDeeds(world: MetricsWorld, deeds: readonly Deed[]): Promise<string> {
  tenants += 1;
  const tenant = `acme-${tenants}`;
  const events = deeds.map((deed, index) =>
    toEvent(tenant, deed, Date.UTC(2026, index % 2 === 0 ? 3 : 4, 12)),
  );
  const others = deeds.map((deed) => toEvent(`other-${tenants}`, { ...deed, atMs: deed.atMs - day }, nowMs));
  const half = Math.floor(events.length / 2);
  await world.store([...events.slice(half), ...others]);
  await world.store(events.slice(0, half));
  return tenant;
}

export const question = fc.record({
  deeds: anyDeeds,
  timeZone: fc.constantFrom(...zones),
  ends: fc.tuple(times, times),
  team: fc.constantFrom(undefined, undefined, 'red', ''),
});
export const rangeOf = (ends: readonly [number, number]) => ({
  from: iso(Math.min(...ends)),
  to: iso(Math.max(...ends, Math.min(...ends) + hour)),
});
export async function askRows(
  world: MetricsWorld,
  tenant: string,
  asked: Omit<Parameters<MetricsWorld['ask']>[0], 'metric'>,
  metric: string,
): Promise<readonly (readonly AnswerCell[])[]> {
  return (await world.ask({ metric, ...asked }, tenant)).rows;
}
