import { z } from 'zod';
import { eventually } from '../../src/testkit/eventually.js';
import { eventsOf } from './cross-tenant-events.js';
import type { Given, Target } from './cross-tenant-operation.js';
import { aSchedule } from './cross-tenant-operations.js';
import { marker, type Asked, type CrossTenantWorld, type Service } from './cross-tenant-world.js';

export interface Filled {
  readonly ofA: Target;
  readonly given: Given;
  /** Texts that are A's alone, beside the marker. */
  readonly traces: readonly string[];
}

/** What A is told; fails the test when it is refused. */
export async function askAsA(
  world: CrossTenantWorld,
  service: Service,
  asked: Asked,
  status = 200,
): Promise<string> {
  const answer = await world.ask(service, asked, world.keys.a);
  if (answer.status !== status) throw new Error(`${asked.method} ${asked.path}: ${answer.bytes}`);
  return answer.body;
}

const idIn = (body: string): string => z.object({ id: z.string() }).parse(JSON.parse(body)).id;

/** Gives A everything that a tenant can have, and B some events. */
export async function fillCrossTenantWorld(world: CrossTenantWorld): Promise<Filled> {
  const { eventTime, range } = world;
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  const send = async (name: string, key: string, isA: boolean): Promise<void> => {
    const body = eventsOf(name, eventTime, isA);
    const answer = await world.ask('collector', { method: 'POST', path: '/v1/events', body, headers }, key);
    if (answer.status !== 202) throw new Error(`${answer.bytes}\n${world.log().slice(-3_000)}`);
    expect(JSON.parse(answer.body)).toMatchObject({ accepted: body.length, rejected: [] });
  };
  await send(marker, world.keys.a, true);
  await send('plain', world.keys.b, false);

  const named = { name: `${marker}-goal`, scope: { team: `${marker}-team` } };
  const goals = {
    targets: [{ ...named, metric: 'events', value: 7_654_321 }],
    budgets: [{ name: `${marker}-goal`, monthlyUsd: 7_654_321 }],
    seatPrices: [{ name: `${marker}-goal`, monthlyUsd: 7_654_321 }],
  };
  await askAsA(world, 'metrics', { method: 'PUT', path: '/v1/goals', body: goals });
  await askAsA(world, 'reporting', { method: 'PUT', path: '/v1/branding', body: { colour: '#765432' } });
  const report = idIn(
    await askAsA(
      world,
      'reporting',
      {
        method: 'POST',
        path: '/v1/reports',
        body: {
          title: `${marker} report`,
          format: 'csv',
          queries: [{ metric: 'events', range, total: true, groupBy: ['team'] }],
        },
        headers: { 'idempotency-key': `${marker}-once` },
      },
      202,
    ),
  );
  await eventually(async () => {
    expect(await askAsA(world, 'reporting', { method: 'GET', path: `/v1/reports/${report}` })).toContain(
      '"done"',
    );
  });
  const schedule = idIn(
    await askAsA(
      world,
      'reporting',
      {
        method: 'POST',
        path: '/v1/schedules',
        body: {
          ...aSchedule(`${marker} schedule`),
          deliveries: [{ kind: 'webhook', url: `http://127.0.0.1:9/${marker}` }],
        },
      },
      201,
    ),
  );
  const subjectJob = idIn(
    await askAsA(world, 'reporting', {
      method: 'POST',
      path: '/v1/subjects/opt-out',
      body: { user: 'somebody@example.com' },
    }),
  );
  const letters = await askAsA(world, 'collector', { method: 'GET', path: '/v1/dead-letters?limit=1' });
  const allLetters = await askAsA(world, 'collector', { method: 'GET', path: '/v1/dead-letters' });
  const found = await askAsA(world, 'metrics', {
    method: 'POST',
    path: '/v1/events/search',
    body: { range, limit: 1 },
  });
  await askAsA(
    world,
    'reporting',
    {
      method: 'POST',
      path: '/v1/reports',
      body: { title: `${marker} again`, format: 'csv', queries: [{ metric: 'events', range, total: true }] },
    },
    202,
  );
  const reports = await askAsA(world, 'reporting', { method: 'GET', path: '/v1/reports?limit=1' });
  const next = z.object({ next: z.string() });
  const letter = z
    .object({ letters: z.array(z.object({ id: z.string(), events: z.number(), reason: z.string() })) })
    .parse(JSON.parse(allLetters))
    .letters.find(({ reason }) => reason.includes(marker))?.id;
  if (letter === undefined) throw new Error('A sees no letter of its own');
  const user = z
    .object({ events: z.array(z.object({ fields: z.looseObject({ user: z.string() }) })) })
    .parse(JSON.parse(found)).events[0]?.fields.user;
  if (user === undefined) throw new Error('A sees no user of its own');
  const key = await ownKeyId(world);
  const ofA: Target = {
    report,
    schedule,
    letter,
    subjectJob,
    key,
    webhook: world.webhookOfA,
    tenant: marker,
    goal: `${marker}-goal`,
    kpi: `${marker}_runs`,
    team: `${marker}-team`,
    idempotencyKey: `${marker}-once`,
  };
  const given: Given = {
    range,
    eventTime,
    reportCursor: next.parse(JSON.parse(reports)).next,
    letterCursor: next.parse(JSON.parse(letters)).next,
    eventCursor: next.parse(JSON.parse(found)).next,
  };
  return {
    ofA,
    given,
    traces: [user, report, schedule, letter, subjectJob, key, world.webhookOfA, '#765432'],
  };
}

async function ownKeyId(world: CrossTenantWorld): Promise<string> {
  const path = `/admin/v1/keys?tenant=${marker}`;
  const listed = await world.ask('admin', { method: 'GET', path }, world.adminToken);
  const [key] = z.array(z.object({ id: z.string() })).parse(JSON.parse(listed.body));
  if (key === undefined) throw new Error('A has no key');
  return key.id;
}
