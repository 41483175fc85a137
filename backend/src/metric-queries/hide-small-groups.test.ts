import { metricQuerySchema, type AnswerCell } from '@coditect/contracts';
import fc from 'fast-check';
import { kpiCatalogue } from '../kpis/catalogue.js';
import { shippedKpis } from '../kpis/kpi-registry.js';
import type { Kpi } from '../kpis/kpi.js';
import { buildAnswer } from './build-answer.js';
import { hideSmallGroups } from './hide-small-groups.js';
import { fixedLimits } from './limits.js';
import { planQuery } from './plan-query.js';
import type { QueryPlan } from './query-plan.js';
import type { ReadSpans } from './read-measures.js';
import { createReadingsBuilder, type Readings } from './readings.js';

const minGroupSize = 5;
const range = { from: '2026-01-05T00:00:00Z', to: '2026-03-02T00:00:00Z' };

function planOf({ id, smallestInterval }: Kpi, part: 'grouped' | 'filtered' | 'whole'): QueryPlan {
  const query = metricQuerySchema.parse({
    metric: id,
    range,
    interval: smallestInterval === '1M' ? '1M' : '1w',
    compareTo: 'previousPeriod',
    ...(part === 'grouped' && { groupBy: ['team'] }),
    ...(part === 'filtered' && { filters: [{ dimension: 'team', operator: '=', value: 'red' }] }),
  });
  return planQuery({ id: 'acme', timeZone: 'UTC' }, query, {
    kpis: shippedKpis,
    nowMs: Date.parse('2026-06-01T00:00:00Z'),
    limits: { ...fixedLimits, pointsMax: 1_000, groupsMax: 1_000, filterValuesMax: 10 },
  });
}

const kindOf = (kpi: Kpi): QueryPlan['kind'] => planOf(kpi, 'whole').kind;
const byTeam = kpiCatalogue.filter(({ dimensions }) => dimensions.includes('team'));
const aboutPeople = byTeam.filter((kpi) => kindOf(kpi) !== 'measures');
const aboutEvents = byTeam.filter((kpi) => kindOf(kpi) === 'measures');

/** Counts as they come, and now and then ones that are told apart. */
const manyCounts = fc.infiniteStream(fc.integer({ min: 0, max: 12 }));

interface Anything {
  readonly spans: ReadSpans;
  /** How many people each cell is about, by span, group and bucket. */
  readonly people: ReadonlyMap<string, readonly number[]>;
}

function readAnything(plan: QueryPlan, counts: Iterator<number>): Anything {
  const next = (): number => Number(counts.next().value);
  const people = new Map<string, readonly number[]>();
  const terms = plan.kpi.measure.kind === 'ratio' ? 2 : 1;
  const read = (span: string): Readings => {
    const builder = createReadingsBuilder();
    for (const group of plan.groupBy.length === 0 ? [[]] : [['red'], ['blue'], ['']]) {
      for (const bucket of plan.current.buckets.startsMs.keys()) {
        const cell = Array.from({ length: terms }, next);
        const apart = next() < 4 ? [next()] : undefined;
        builder.add(group, bucket, cell, apart);
        const own = plan.kind === 'perUser' ? cell.slice(1) : cell;
        people.set(`${span} ${group.join()} ${bucket}`, apart ?? own);
      }
    }
    return builder.build();
  };
  return { spans: { current: read('current'), previous: read('previous') }, people };
}

/** One to four people, again and again. */
function* aFew(): Generator<number, number> {
  for (let count = 1; ; count = (count % 4) + 1) yield count;
}

const isSmall = (counts: readonly number[]): boolean =>
  counts.some((count) => count > 0 && count < minGroupSize);

function rowsOf(plan: QueryPlan, spans: ReadSpans): readonly AnswerCell[][] {
  const reader = { sources: [], notices: [] };
  return buildAnswer(plan, spans, { asOfMs: 0, watermarkMs: Date.parse(range.to), reader }).rows;
}

describe.each(aboutPeople)('$id', (kpi) => {
  it.each(['grouped', 'filtered'] as const)(
    'tells of no few people where it is %s, and all else as it is',
    (part) => {
      const plan = planOf(kpi, part);
      const check = (counts: Iterator<number>): void => {
        const { spans, people } = readAnything(plan, counts);
        const { hidden, ...told } = hideSmallGroups(plan, spans, minGroupSize);
        const [before, after] = [rowsOf(plan, spans), rowsOf(plan, told)];
        const groups = plan.groupBy.length;
        const perBucket = before.length / plan.current.buckets.startsMs.length;
        const expected = before.map((row, index) => {
          const place = `${groups === 0 ? '' : String(row[1])} ${Math.floor(index / perBucket)}`;
          const isHidden = isSmall(people.get(`current ${place}`) ?? []);
          const isHiddenBefore = isSmall(people.get(`previous ${place}`) ?? []);
          return row.map((cell, column) => {
            if (column <= groups) return cell;
            return (column === row.length - 2 ? isHiddenBefore : isHidden) ? null : cell;
          });
        });
        expect(after).toEqual(expected);
        expect(hidden).toBe([...people.values()].filter(isSmall).length);
      };
      fc.assert(fc.property(manyCounts, check), { numRuns: 20 });
    },
  );

  it('tells all of the whole tenant', () => {
    const plan = planOf(kpi, 'whole');
    const { spans } = readAnything(plan, aFew());
    expect(hideSmallGroups(plan, spans, minGroupSize)).toEqual({ ...spans, hidden: 0 });
  });
});

it('leaves numbers that are not about people', () => {
  expect(aboutEvents.length).toBeGreaterThan(10);
  expect(aboutPeople.length).toBeGreaterThan(10);
  for (const kpi of aboutEvents) {
    const plan = planOf(kpi, 'grouped');
    const { spans } = readAnything(plan, aFew());
    expect(hideSmallGroups(plan, spans, minGroupSize)).toEqual({ ...spans, hidden: 0 });
  }
});

it('tells of everybody where the smallest group is one', () => {
  for (const kpi of aboutPeople) {
    const plan = planOf(kpi, 'grouped');
    const { spans } = readAnything(plan, aFew());
    expect(hideSmallGroups(plan, spans, 1)).toEqual({ ...spans, hidden: 0 });
  }
});
