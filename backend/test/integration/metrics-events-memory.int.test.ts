import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

const fromMs = Date.parse('2026-03-10T00:00:00Z');
const range = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };
const memoryBytesMax = 16 * 1_048_576;

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({
    nowMs: Date.parse(range.to),
    metrics: { analysisMemoryBytesMax: memoryBytesMax },
  });
  // An agent, a version and a text for each event: whatever groups or reads them holds all of them.
  await world.clickHouse
    .command(`INSERT INTO events_raw_v1 (tenant_id, event_id, type, source, id, occurred_at, received_at, agent, agent_version, status, attributes)
SELECT 'acme', generateUUIDv4(), 'ai.coditect.agent.run.finished.v1', '/load', toString(number),
  fromUnixTimestamp64Milli(${fromMs} + number * 100, 'UTC') AS occurred, occurred,
  concat('agent', toString(number)), toString(number), 'succeeded', map('note', repeat(toString(number), 40))
FROM numbers(400000)`);
});
afterAll(async () => {
  await world.close();
});

describe('questions about single events', () => {
  it.each([
    [
      '/v1/events/search',
      { limit: 1_000, filters: [{ dimension: 'attributes.note', operator: '=~', value: '9{8}' }] },
    ],
    ['/v1/annotations', { kind: 'releases' }],
    ['/v1/annotations', { kind: 'events', search: 'nothing like it' }],
  ])('are refused where they take too much memory of the store: %s %j', async (path, question) => {
    const { body, status } = await world.postTo(path, { range, ...question });
    expect({ body, status }).toMatchObject({
      status: 422,
      body: { error: { code: 'too_many_events', limit: memoryBytesMax } },
    });
  });

  it('are answered where they do not', async () => {
    const hour = { from: range.from, to: '2026-03-10T00:10:00Z' };
    const { status } = await world.postTo('/v1/annotations', { range: hour, kind: 'releases' });
    expect(status).toBe(200);
  });
});
