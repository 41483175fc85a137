import type { MetricAnswer } from '@coditect/contracts';
import { readFieldRole, readKpiFrameMeta } from '@coditect/plugins-shared';
import { FieldType } from '@grafana/data';
import { answerMeta, kpi, kpiQuestion, seriesAnswer, totalAnswer } from './answer.fixture';
import { toSeriesFrames } from './frames';
import type { FrameContext } from './kpi-frame-meta';

const context: FrameContext = { refId: 'A', legend: '', question: kpiQuestion, notices: [] };

describe('toSeriesFrames', () => {
  it('gives each group its own frame with its rows in the order of time', () => {
    const frames = toSeriesFrames(seriesAnswer, context);
    expect(frames.map(({ name }) => name)).toEqual(['core', 'web']);
    expect(frames[0]?.fields.map(({ name, type }) => [name, type])).toEqual([
      ['time', FieldType.time],
      ['value', FieldType.number],
      ['previous', FieldType.number],
    ]);
    expect(frames[0]?.fields[0]?.values).toEqual([
      Date.parse('2026-03-02T08:00:00Z'),
      Date.parse('2026-03-02T09:00:00Z'),
    ]);
    expect(frames[0]?.fields[1]?.values).toEqual([0.5, 1]);
  });

  it('keeps "no value" as null and never as zero', () => {
    const [core, web] = toSeriesFrames(seriesAnswer, context);
    expect(web?.fields[1]?.values).toEqual([0.9, null]);
    expect(core?.fields[2]?.values).toEqual([0.25, null]);
  });

  it('hands on up to when the events of followed users are stored', () => {
    const storedUntil = '2026-03-02T09:58:00Z';
    const [frame] = toSeriesFrames({ ...seriesAnswer, meta: { ...answerMeta, storedUntil } }, context);
    expect(readKpiFrameMeta(frame?.meta?.custom)?.storedUntil).toBe(storedUntil);
  });

  it('labels value and previous alike, and tells them apart by name and role', () => {
    const fields = toSeriesFrames(seriesAnswer, context)[0]?.fields ?? [];
    expect(fields.slice(1).map(({ labels }) => labels)).toEqual([{ team: 'core' }, { team: 'core' }]);
    expect(fields.slice(1).map(({ config }) => config.displayNameFromDS)).toEqual([
      'core',
      'core (previous)',
    ]);
    expect(fields.slice(1).map(({ config }) => readFieldRole(config.custom))).toEqual(['value', 'previous']);
  });

  it('gives values the unit that Grafana formats', () => {
    expect(toSeriesFrames(seriesAnswer, context)[0]?.fields[1]?.config.unit).toBe('percentunit');
  });

  it('names series by the legend, with nothing for a label that is not there', () => {
    const frames = toSeriesFrames(seriesAnswer, { ...context, legend: 'Team {{ team }}{{nope}}!' });
    expect(frames.map(({ name }) => name)).toEqual(['Team core!', 'Team web!']);
  });

  it('names the group of those that do not say it', () => {
    const answer: MetricAnswer = {
      columns: [
        { name: 'time', type: 'time' },
        { name: 'team', type: 'string' },
        { name: 'value', type: 'number' },
      ],
      rows: [['2026-03-02T00:00:00Z', '', 1]],
      meta: answerMeta,
    };
    const names = ['', 'runs of {{team}}'].map(
      (legend) => toSeriesFrames(answer, { ...context, legend })[0]?.name,
    );
    expect(names).toEqual(['(empty)', 'runs of (empty)']);
  });

  it('pairs each group with its own total, in whatever order the totals come', () => {
    const frames = toSeriesFrames({ ...seriesAnswer, totals: totalAnswer.rows }, context);
    expect(frames.map(({ meta }) => readKpiFrameMeta(meta?.custom)?.total)).toEqual([
      { value: 0.9, previous: 0.2, numerator: 9, denominator: 10 },
      { value: 0.9, previous: 0.75, numerator: 9, denominator: 10 },
    ]);
  });

  it('lets the number explain itself', () => {
    const [frame] = toSeriesFrames(seriesAnswer, { ...context, kpi });
    expect(readKpiFrameMeta(frame?.meta?.custom)).toMatchObject({
      owner: kpi.owner,
      formula: kpi.formula,
      definition: answerMeta.definition,
      direction: 'up',
      completeUntil: answerMeta.completeUntil,
      compareTo: 'lastWeek',
      interval: '1h',
      range: kpiQuestion.range,
    });
  });

  it('carries the target and how well the events are known', () => {
    const meta = {
      ...answerMeta,
      target: { name: 'goal', value: 0.9, by: '2026-12-31' },
      quality: {
        reconciliationDifference: 3,
        completeness: 0.99,
        lateness: null,
        daysCompared: 2,
        daysWaiting: 1,
      },
    };
    const [frame] = toSeriesFrames({ ...seriesAnswer, meta }, context);
    expect(readKpiFrameMeta(frame?.meta?.custom)).toMatchObject({
      target: { name: 'goal', value: 0.9, by: '2026-12-31' },
      quality: { difference: 3, completeness: 0.99, lateness: null, daysWaiting: 1 },
    });
  });

  it('leads from a series to the events behind it: their types, the filters of the question, the group', () => {
    const question = {
      ...kpiQuestion,
      filters: [{ dimension: 'project', operator: '=', value: 'atlas' }],
    };
    const linked = { ...context, question, datasource: { uid: 'x', name: 'Ours' } };
    const types = ['a.v1', 'b.v1'];
    const [core] = toSeriesFrames(seriesAnswer, { ...linked, kpi: { ...kpi, eventTypes: types } });
    const range = core?.fields[1]?.config.links?.[0]?.internal?.range;
    expect(
      [range?.from.toISOString(), range?.to.toISOString()].map((text) => Date.parse(text ?? '')),
    ).toEqual([question.range.from, question.range.to].map((text) => Date.parse(text)));
    expect(core?.fields[1]?.config.links).toMatchObject([
      {
        internal: {
          datasourceUid: 'x',
          datasourceName: 'Ours',
          query: {
            kind: 'events',
            events: {
              filters: [
                { dimension: 'type', operator: 'in', value: types },
                { dimension: 'project', operator: '=', value: 'atlas' },
                { dimension: 'team', operator: '=', value: 'core' },
              ],
            },
          },
        },
      },
    ]);
    expect(core?.fields[2]?.config.links).toBeUndefined();
    const [plain] = toSeriesFrames(seriesAnswer, { ...linked, kpi });
    expect(plain?.fields[1]?.config.links).toEqual([]);
  });

  it('shows the notices of the service and its own', () => {
    const meta = {
      ...answerMeta,
      notices: [{ severity: 'info' as const, code: 'late', text: 'Late events.' }],
    };
    const frames = toSeriesFrames({ ...seriesAnswer, meta }, { ...context, notices: ['Not used.'] });
    expect(frames[0]?.meta?.notices).toEqual([
      { severity: 'info', text: 'Late events.' },
      { severity: 'warning', text: 'Not used.' },
    ]);
  });

  it('gives one empty frame, with its explanation, for an answer without rows', () => {
    const frames = toSeriesFrames({ ...seriesAnswer, rows: [] }, context);
    expect(frames).toHaveLength(1);
    expect(frames[0]?.length).toBe(0);
    expect(frames[0]?.name).toBe('Agent success rate');
  });

  it('has no previous field without a comparison', () => {
    const answer = {
      ...seriesAnswer,
      columns: [seriesAnswer.columns[0], seriesAnswer.columns[5]].flatMap((column) => column ?? []),
      rows: [['2026-03-02T08:00:00Z', 3]],
    };
    expect(toSeriesFrames(answer, context)[0]?.fields.map(({ name }) => name)).toEqual(['time', 'value']);
  });
});
