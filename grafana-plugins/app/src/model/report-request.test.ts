import { reportRequestSchema } from '@coditect/contracts';
import {
  buildReportRequest,
  chooseQueries,
  createRequestName,
  explainChoice,
  hasBothKinds,
  type ExportChoice,
} from './report-request';

const range = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-08T00:00:00.000Z' };
const series = { metric: 'cost', range, interval: '1d' as const, groupBy: ['team'] };
const total = { metric: 'cost', range, total: true as const, groupBy: ['team'] };
const kpi = { refId: 'A', series, total, unused: [] };
const choice: ExportChoice = {
  title: ' Cost ',
  format: 'csv',
  content: 'full',
  fromMs: Date.parse(range.from),
  toMs: Date.parse(range.to),
  groupBy: undefined,
  detail: 'both',
  page: 'A4',
  numbers: 'raw',
  byteOrderMark: true,
};

describe('chooseQueries', () => {
  it('takes totals, intervals or both where a panel has both', () => {
    const ask = (detail: ExportChoice['detail']) => chooseQueries([kpi], { detail, groupBy: undefined });
    expect(ask('both')).toEqual([total, series]);
    expect(ask('totals')).toEqual([total]);
    expect(ask('intervals')).toEqual([series]);
    expect([hasBothKinds([kpi]), hasBothKinds([{ refId: 'A', series, unused: [] }])]).toEqual([true, false]);
  });

  it('never leaves out the only question that a query has', () => {
    const table = { refId: 'A', total, unused: [] };
    expect(chooseQueries([table], { detail: 'intervals', groupBy: ['agent'] })).toEqual([
      { ...total, groupBy: ['agent'] },
    ]);
  });
});

describe('buildReportRequest', () => {
  const origin = { dashboard: 'Overview', panel: '', timeZone: 'UTC' };

  it.each([
    ['queries', { queries: [series] }],
    ['frames', { frames: [{ fields: [{ name: 'n', type: 'number' as const, values: [1] }] }] }],
  ])('makes of %s what the contract takes', (_name, content) => {
    const request = buildReportRequest(choice, content, origin);
    expect(reportRequestSchema.safeParse(request).error).toBeUndefined();
    expect(request).toMatchObject({ title: 'Cost', options: { numbers: 'raw', byteOrderMark: true } });
    expect(request.origin).toEqual({ dashboard: 'Overview', range, timeZone: 'UTC' });
  });

  it('says what has to be changed first', () => {
    expect(explainChoice(choice)).toEqual({});
    const wrong = { ...choice, title: ' ', fromMs: choice.toMs };
    expect(Object.keys(explainChoice(wrong))).toEqual(['title', 'period']);
    expect(Object.keys(explainChoice({ ...wrong, content: 'shown' }))).toEqual(['title']);
    expect(explainChoice({ ...choice, fromMs: Number.NaN }).period).toBeDefined();
  });
});

it('gives each request another name', () => {
  expect(createRequestName((bytes) => bytes.fill(171))).toBe('ab'.repeat(16));
});
