import type { AnalysisAnswer } from '@coditect/contracts';
import { readAnalysisFrameMeta } from '@coditect/plugins-shared';
import { FieldType } from '@grafana/data';
import { toAnalysisFrame } from './analysis-frame';
import type { PlannedAnalysis } from './analysis-request';

const range = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-29T00:00:00.000Z' };
const plan: PlannedAnalysis = {
  kind: 'seats',
  question: { range, interval: '1w', activeDays: 28 },
  unused: ['Not used.'],
};
const answer: AnalysisAnswer = {
  columns: [
    { name: 'time', type: 'time' },
    { name: 'assigned', type: 'number', unit: 'count' },
    { name: 'utilisation', type: 'number', unit: 'ratio' },
    { name: 'medianMs', type: 'number', unit: 'milliseconds' },
    { name: 'idleCost', type: 'number', unit: 'USD' },
    { name: 'label', type: 'string' },
  ],
  rows: [
    ['2026-03-02T00:00:00Z', 4, 0.5, 1_000, null, 'a'],
    ['2026-03-09T00:00:00Z', 0, null, null, 12.5, ''],
  ],
  meta: {
    analysis: 'seats',
    title: 'Seats',
    definition: 'What is bought, given out and used.',
    asOf: '2026-03-29T10:00:00Z',
    completeUntil: '2026-03-29T09:59:00Z',
    source: ['seat_states_v1'],
    timeZone: 'Europe/Berlin',
    notices: [{ severity: 'info', code: 'partial', text: 'The last week has not ended.' }],
  },
};

describe('toAnalysisFrame', () => {
  const frame = toAnalysisFrame(answer, plan, 'B');

  it('is one frame with the columns of the answer, under their names and in their order', () => {
    expect(frame.refId).toBe('B');
    expect(frame.fields.map(({ name, type, config }) => [name, type, config.unit])).toEqual([
      ['time', FieldType.time, undefined],
      ['assigned', FieldType.number, 'short'],
      ['utilisation', FieldType.number, 'percentunit'],
      ['medianMs', FieldType.number, 'ms'],
      ['idleCost', FieldType.number, 'currencyUSD'],
      ['label', FieldType.string, undefined],
    ]);
    expect(frame.fields[0]?.values).toEqual([Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 9)]);
    expect(frame.length).toBe(2);
  });

  it('keeps "no value" as null and never as zero', () => {
    expect(frame.fields[4]?.values).toEqual([null, 12.5]);
  });

  it('says what was asked, shows notices, and is a chart in Explore where it goes on over time', () => {
    expect(readAnalysisFrameMeta(frame.meta?.custom)).toMatchObject({
      analysis: 'seats',
      range,
      question: { activeDays: 28 },
      definition: answer.meta.definition,
    });
    expect(frame.meta?.notices).toEqual([
      { severity: 'info', text: 'The last week has not ended.' },
      { severity: 'warning', text: 'Not used.' },
    ]);
    expect(frame.meta?.preferredVisualisationType).toBe('graph');
    expect(frame.meta?.executedQueryString).toContain('POST /v1/analyses/seats');
  });
});
