import type { Report } from '@coditect/contracts';

/** A finished report; `over` is what matters to the test. */
export function aReport(over: Partial<Report> = {}): Report {
  return {
    id: 'r1',
    title: 'Agent runs',
    format: 'csv',
    content: 'queries',
    state: 'done',
    progress: 1,
    attempt: 1,
    createdAt: '2026-03-01T08:00:00Z',
    startedAt: '2026-03-01T08:00:01Z',
    finishedAt: '2026-03-01T08:00:02Z',
    expiresAt: '2026-03-08T08:00:02Z',
    failure: null,
    file: { name: 'agent-runs.csv', contentType: 'text/csv', bytes: 1_234, rows: 12, sha256: '' },
    scheduleId: null,
    notices: [],
    ...over,
  };
}
