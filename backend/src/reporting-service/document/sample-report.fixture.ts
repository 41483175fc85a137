import type { AnswerCell, AnswerMeta, MetricAnswer, MetricQueryInput } from '@coditect/contracts';
import { metricQuerySchema } from '@coditect/contracts';
import type { Branding, Cover, PageSize, ReportDocument } from './report-document.js';
import { layOutReport } from './lay-out-report.js';
import type { AnswerPart, PanelField, PanelPart, ReportPart } from './report-part.js';

/** Reports for tests and benches: shows only what matters to the one who builds. */

const november = { from: '2026-10-31T23:00:00.000Z', to: '2026-11-30T23:00:00.000Z' };
const october = { from: '2026-09-30T22:00:00.000Z', to: '2026-10-31T23:00:00.000Z' };
const dayMs = 86_400_000;

export function aCover(given: Partial<Cover> = {}): Cover {
  return {
    tenant: 'Acme Software',
    title: 'AI adoption and outcome',
    period: november,
    timeZone: 'Europe/Berlin',
    generatedAt: '2026-12-01T05:12:00.000Z',
    ...given,
  };
}

export interface ReportGiven {
  readonly cover?: Partial<Cover>;
  readonly branding?: Branding;
  readonly page?: PageSize;
}

export function aReport(parts: readonly ReportPart[], given: ReportGiven = {}): ReportDocument {
  return layOutReport({
    cover: aCover(given.cover),
    branding: given.branding ?? {},
    page: given.page ?? 'A4',
    parts,
  });
}

function aMeta(given: Partial<AnswerMeta> = {}): AnswerMeta {
  return {
    metric: 'agent_runs',
    title: 'Agent runs',
    unit: 'count',
    direction: 'up',
    definition: 'Runs of agents that finished, whatever their outcome.',
    asOf: '2026-12-01T05:10:00.000Z',
    completeUntil: '2026-11-30T23:00:00.000Z',
    source: ['rollup_daily_v1'],
    timeZone: 'Europe/Berlin',
    notices: [],
    ...given,
  };
}

function anAnswerPart(
  query: Partial<MetricQueryInput>,
  answer: MetricAnswer,
  given: { title?: string; target?: number } = {},
): AnswerPart {
  const asked = metricQuerySchema.parse({ metric: answer.meta.metric, range: november, ...query });
  return { kind: 'answer', query: asked, answer, ...given };
}

export interface TotalGiven {
  readonly previous?: number | null;
  readonly target?: number;
}

export function aTotal(meta: Partial<AnswerMeta>, value: number | null, given: TotalGiven = {}): AnswerPart {
  const { previous, target } = given;
  const isCompared = previous !== undefined;
  return anAnswerPart(
    { total: true, compareTo: isCompared ? 'previousPeriod' : 'none' },
    {
      columns: [
        ...(isCompared ? [{ name: 'previous', type: 'number' } as const] : []),
        { name: 'value', type: 'number' },
      ],
      rows: [isCompared ? [previous, value] : [value]],
      meta: aMeta(isCompared ? { comparedTo: october, ...meta } : meta),
    },
    target === undefined ? {} : { target },
  );
}

/** One bucket a day from the first of November; `null` is a day without a value. */
export function aSeries(
  meta: Partial<AnswerMeta>,
  values: readonly (number | null)[],
  previous?: readonly (number | null)[],
): AnswerPart {
  const start = Date.parse(november.from);
  const rows = values.map((value, index): AnswerCell[] => {
    const time = new Date(start + index * dayMs).toISOString();
    return previous === undefined ? [time, value] : [time, previous[index] ?? null, value];
  });
  return anAnswerPart(
    { interval: '1d', compareTo: previous === undefined ? 'none' : 'previousPeriod' },
    {
      columns: [
        { name: 'time', type: 'time' },
        ...(previous === undefined ? [] : [{ name: 'previous', type: 'number' } as const]),
        { name: 'value', type: 'number' },
      ],
      rows,
      meta: aMeta(previous === undefined ? meta : { comparedTo: october, ...meta }),
    },
  );
}

export function aGroupedSeries(
  meta: Partial<AnswerMeta>,
  groups: Readonly<Record<string, readonly (number | null)[]>>,
): AnswerPart {
  const start = Date.parse(november.from);
  const rows = Object.entries(groups).flatMap(([name, values]) =>
    values.map((value, index): AnswerCell[] => [new Date(start + index * dayMs).toISOString(), name, value]),
  );
  return anAnswerPart(
    { interval: '1d', groupBy: ['team'] },
    {
      columns: [
        { name: 'time', type: 'time' },
        { name: 'team', type: 'string' },
        { name: 'value', type: 'number' },
      ],
      rows,
      meta: aMeta(meta),
    },
  );
}

export function aGroupedTotal(
  meta: Partial<AnswerMeta>,
  rows: readonly (readonly [name: string, value: number | null, previous?: number])[],
): AnswerPart {
  const isCompared = rows.some(([, , previous]) => previous !== undefined);
  return anAnswerPart(
    { total: true, groupBy: ['team'], compareTo: isCompared ? 'previousPeriod' : 'none' },
    {
      columns: [
        { name: 'team', type: 'string' },
        ...(isCompared ? [{ name: 'previous', type: 'number' } as const] : []),
        { name: 'value', type: 'number' },
      ],
      rows: rows.map(([name, value, previous]) =>
        isCompared ? [name, previous ?? null, value] : [name, value],
      ),
      meta: aMeta(isCompared ? { comparedTo: october, ...meta } : meta),
    },
  );
}

export function aPanel(title: string, fields: readonly PanelField[]): PanelPart {
  return { kind: 'panel', title, fields };
}

/** A table of a panel, as long as wanted: every figure can be told from its row. */
export function aLongPanel(rows: number): PanelPart {
  const numbers = Array.from({ length: rows }, (_row, index) => index);
  return aPanel('Runs by agent and repository', [
    { name: 'agent', type: 'string', values: numbers.map((index) => `agent-${index % 37}`) },
    { name: 'repository', type: 'string', values: numbers.map((index) => `coditect/service-${index % 211}`) },
    {
      name: 'status',
      type: 'string',
      values: numbers.map((index) => (index % 9 === 0 ? 'failed' : 'succeeded')),
    },
    { name: 'runs', type: 'number', unit: 'short', values: numbers.map((index) => (index * 7919) % 10_007) },
    {
      name: 'cost',
      type: 'number',
      unit: 'currencyUSD',
      values: numbers.map((index) => ((index * 31) % 9_973) / 100),
    },
    {
      name: 'p95',
      type: 'number',
      unit: 'ms',
      values: numbers.map((index) => ((index * 97) % 60_000) + 0.5),
    },
  ]);
}

/** A wave with a trend and quiet weekends: looks like use, and is the same each time. */
export function wave(days: number, base: number, growth = 0): number[] {
  return Array.from({ length: days }, (_day, index) => {
    const isWeekend = index % 7 === 0 || index % 7 === 6;
    return Math.round((base + growth * index) * (isWeekend ? 0.35 : 1) * (1 + 0.12 * Math.sin(index * 1.7)));
  });
}

/** Twelve tiles as an admin would choose them. */
export function twelveTiles(): AnswerPart[] {
  return [
    aTotal({ metric: 'active_users', title: 'Active users', unit: 'users' }, 412, {
      previous: 377,
      target: 400,
    }),
    aTotal({ title: 'Agent runs' }, 128_460, { previous: 101_233 }),
    aTotal({ metric: 'success', title: 'Agent success rate', unit: 'ratio' }, 0.9234, {
      previous: 0.9351,
      target: 0.95,
    }),
    aTotal({ metric: 'cost', title: 'Cost of models', unit: 'USD', direction: 'down' }, 48_211.37, {
      previous: 51_900.12,
      target: 50_000,
    }),
    aTotal(
      { metric: 'p95', title: 'API latency, 95th percentile', unit: 'milliseconds', direction: 'down' },
      184.2,
      { previous: 171.9, target: 200 },
    ),
    aTotal({ metric: 'tokens', title: 'Tokens', unit: 'tokens', direction: 'neutral' }, 3_412_884_213, {
      previous: 2_980_113_004,
    }),
    aTotal(
      { metric: 'traffic', title: 'Response bytes', unit: 'bytes', direction: 'neutral' },
      918_238_112_331,
      { previous: 918_238_112_331 },
    ),
    aTotal({ metric: 'errors', title: 'Error rate', unit: 'ratio', direction: 'down' }, 0.0042, {
      previous: 0.0087,
      target: 0.01,
    }),
    aTotal(
      {
        metric: 'accept',
        title: 'Acceptance rate of suggestions that were shown for long enough to be read',
        unit: 'ratio',
      },
      0.312,
      { previous: 0.298 },
    ),
    aTotal({ metric: 'merged', title: 'Merged changes' }, 1_204, { previous: 0 }),
    aTotal({ metric: 'rating', title: 'Marketplace rating' }, null, { previous: 4.4 }),
    aTotal({ metric: 'seats', title: 'Seats assigned', direction: 'neutral' }, 512),
  ];
}
