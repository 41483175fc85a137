import { analysisFrameKind, readAnalysisFrameMeta, type AnalysisFrameMeta } from './analysis-frame-meta';

const meta: AnalysisFrameMeta = {
  kind: analysisFrameKind,
  analysis: 'retention',
  title: 'Retention',
  definition: 'Share of those who came back.',
  asOf: '2026-03-02T10:00:00Z',
  completeUntil: '2026-03-02T09:59:00Z',
  source: ['events_raw_v1'],
  timeZone: 'Europe/Berlin',
  range: { from: '2026-02-02T00:00:00Z', to: '2026-03-02T00:00:00Z' },
  question: { interval: '1w' },
};

describe('readAnalysisFrameMeta', () => {
  it('reads what it was given, also after a dashboard has saved it', () => {
    expect(readAnalysisFrameMeta(JSON.parse(JSON.stringify(meta)))).toEqual(meta);
  });

  it.each([[undefined], [null], ['text'], [{}], [{ kind: 'coditect-kpi' }]])(
    'leaves %j to others',
    (custom) => {
      expect(readAnalysisFrameMeta(custom)).toBeUndefined();
    },
  );

  it('fills in what is missing or of a wrong kind', () => {
    expect(readAnalysisFrameMeta({ kind: analysisFrameKind, source: 'x', range: { from: 'a' } })).toEqual({
      kind: analysisFrameKind,
      ...{ analysis: '', title: '', definition: '', asOf: '', completeUntil: '', timeZone: '' },
      source: [],
      question: {},
    });
  });
});
