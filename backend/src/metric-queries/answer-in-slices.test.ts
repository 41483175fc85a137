import { metricQuerySchema, type MetricAnswer, type MetricQueryInput } from '@coditect/contracts';
import fc from 'fast-check';
import type { MeasureRequest, MeasureRow } from '../storage/metric-reads.js';
import { answerInSlices, type SliceOptions } from './answer-in-slices.js';
import { answerPlan } from './answer-query.js';
import { shippedKpis } from '../kpis/kpi-registry.js';
import { fixedLimits } from './limits.js';
import type { MetricEngine } from './metric-engine.js';
import { planQuery } from './plan-query.js';

interface Counted {
  readonly atMs: number;
  readonly team: string;
  readonly project: string;
}

/** Counts what it was given, by hand. */
function createCountingEngine(events: readonly Counted[], requests: MeasureRequest[] = []): MetricEngine {
  function bucketOf({ buckets }: MeasureRequest, atMs: number): number {
    const second = Math.floor(atMs / 1_000);
    switch (buckets.kind) {
      case 'total':
        return 0;
      case 'steps':
        return second - ((second - buckets.originSec) % buckets.stepSec);
      case 'starts':
        return buckets.startsSec.findLast((start) => start <= second) ?? 0;
    }
  }
  function count(request: MeasureRequest): readonly MeasureRow[] {
    const rows = new Map<string, { bucketSec: number; group: readonly string[]; terms: [number] }>();
    const wanted = request.onlyGroups?.map((group) => JSON.stringify(group));
    for (const event of events) {
      if (event.atMs < request.fromMs || event.atMs >= request.toMs) continue;
      const group = request.groupBy.map((name) => (name === 'team' ? event.team : event.project));
      if (wanted?.includes(JSON.stringify(group)) === false) continue;
      const bucketSec = bucketOf(request, event.atMs);
      const key = JSON.stringify([bucketSec, group]);
      const row = rows.get(key) ?? { bucketSec, group, terms: [0] };
      row.terms[0] += 1;
      rows.set(key, row);
    }
    return [...rows.values()];
  }
  return {
    checkRegex: () => Promise.resolve(),
    open: () =>
      Promise.resolve({
        sources: ['events'],
        notices: [],
        readActiveUsers: () => Promise.resolve([]),
        readSeats: () => Promise.resolve([]),
        readLifecycle: () => Promise.resolve([]),
        readCohorts: () => Promise.resolve([]),
        readFirsts: () => Promise.resolve([]),
        readUsageDepth: () => Promise.resolve([]),
        readMeasures(request) {
          requests.push(request);
          const rows = [...count(request)];
          const size = rows.length;
          if (!request.isRanked) return Promise.resolve({ rows, groups: undefined, isTruncated: false });
          rows.sort(
            (a, b) =>
              (b.terms[0] ?? 0) - (a.terms[0] ?? 0) ||
              (JSON.stringify(a.group) < JSON.stringify(b.group) ? -1 : 1),
          );
          return Promise.resolve({ rows: rows.slice(0, request.rowsMax), groups: size, isTruncated: false });
        },
      }),
  };
}

const from = Date.UTC(2026, 2, 27);
const to = Date.UTC(2026, 2, 31);
const nowMs = Date.UTC(2026, 2, 30, 12);
const limits = { ...fixedLimits, pointsMax: 100_000, groupsMax: 1_000, filterValuesMax: 100 };

function optionsFor(engine: MetricEngine, sliceRowsMax: number): SliceOptions {
  return { engine, limits, watermark: () => nowMs - 1_000, now: () => nowMs, sliceRowsMax };
}

async function answerBoth(
  events: readonly Counted[],
  query: MetricQueryInput,
  sliceRowsMax: number,
): Promise<{ whole: MetricAnswer; sliced: MetricAnswer; counted: number; largest: number }> {
  const plan = planQuery({ id: 'acme', timeZone: 'Europe/Berlin' }, metricQuerySchema.parse(query), {
    kpis: shippedKpis,
    nowMs,
    limits,
  });
  const options = optionsFor(createCountingEngine(events), sliceRowsMax);
  const { signal } = new AbortController();
  const whole = await answerPlan('acme', plan, signal, options);
  const { columns, meta, rowCount, rows } = await answerInSlices('acme', plan, signal, options);
  const sliced: MetricAnswer = { columns: [...columns], meta, rows: [] };
  let largest = 0;
  for await (const part of rows) {
    largest = Math.max(largest, part.length);
    sliced.rows.push(...part);
  }
  return { whole, sliced, counted: rowCount, largest };
}

const anEvent = fc.record({
  atMs: fc.integer({ min: from - 5 * 86_400_000, max: to }),
  team: fc.constantFrom('red', 'green', 'blue', ''),
  project: fc.constantFrom('a', 'b'),
});

describe('an answer in slices', () => {
  it('is the answer in one piece, to the last row, however it is cut', async () => {
    const query = fc.record(
      {
        metric: fc.constant('events'),
        range: fc.constant({ from: new Date(from + 1_234).toISOString(), to: new Date(to).toISOString() }),
        interval: fc.constantFrom('15m' as const, '1h' as const, '1d' as const, '1w' as const),
        groupBy: fc.constantFrom<string[]>([], ['team'], ['team', 'project']),
        compareTo: fc.constantFrom('none' as const, 'previousPeriod' as const, 'lastMonth' as const),
        limit: fc.integer({ min: 1, max: 5 }),
      },
      { requiredKeys: ['metric', 'range', 'interval', 'groupBy', 'compareTo'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anEvent, { maxLength: 60 }),
        query,
        fc.integer({ min: 1, max: 500 }),
        async (events, asked, rowsMax) => {
          const { whole, sliced, counted } = await answerBoth(events, asked, rowsMax);
          expect(sliced).toEqual(whole);
          expect(counted).toBe(whole.rows.length);
        },
      ),
      { numRuns: 150, seed: 20_260_401 },
    );
  });

  it('holds no more rows at once than it may', async () => {
    const events = Array.from({ length: 50 }, (_, index) => ({
      atMs: from + index * 3_600_000,
      team: `team ${index % 5}`,
      project: 'a',
    }));
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    const query = { metric: 'events', range, interval: '15m', groupBy: ['team'] } as const;
    const { whole, largest } = await answerBoth(events, { ...query, groupBy: [...query.groupBy] }, 100);
    expect(whole.rows.length).toBeGreaterThan(1_000);
    expect(largest).toBe(100);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    const query = metricQuerySchema.parse({ metric: 'events', range, interval: '15m' });
    const plan = planQuery({ id: 'acme', timeZone: 'UTC' }, query, { kpis: shippedKpis, nowMs, limits });
    const requests: MeasureRequest[] = [];
    const options = optionsFor(createCountingEngine([], requests), 10);
    const { rows } = await answerInSlices('acme', plan, stop.signal, options);
    const iterator = rows[Symbol.asyncIterator]();
    await iterator.next();
    stop.abort(new Error('enough'));
    await expect(iterator.next()).rejects.toThrow('enough');
    expect(requests).toHaveLength(1);
  });
});
