import { scheduleRequestSchema, type ScheduleRequestInput } from '@coditect/contracts';
import { findFirstRun, keepNextRun, planDue, toReportRequest } from './plan-runs.js';

function aRequest(overrides: Partial<ScheduleRequestInput> = {}) {
  return scheduleRequestSchema.parse({
    title: 'Requests',
    format: 'pdf',
    cron: '0 6 * * *',
    timeZone: 'Europe/Berlin',
    period: 'yesterday',
    queries: [
      { metric: 'api_requests', total: true },
      { metric: 'api_requests', total: true, timeZone: 'Asia/Tokyo' },
    ],
    ...overrides,
  });
}

const dueAt = new Date('2026-03-02T05:00:00Z');
const dueMs = dueAt.getTime();
const dayMs = 86_400_000;

describe('planDue', () => {
  it('plans the same whenever it is looked, from when the run is due', () => {
    const due = { tenantId: 'acme', id: 's', request: aRequest(), dueAt };
    const early = planDue(due, dueMs);
    const late = planDue(due, dueMs + dayMs / 2);
    expect(early.run?.request).toEqual(late.run?.request);
    expect(early.run?.dueAt).toEqual(dueAt);
    expect(late.nextRunAt).toEqual(new Date(dueMs + dayMs));
  });

  it('takes nothing that its life does not allow any more', () => {
    const request = aRequest({ endAt: '2026-03-02T05:00:00Z' });
    expect(planDue({ tenantId: 'acme', id: 's', request, dueAt }, dueMs)).toEqual({
      run: undefined,
      skipped: [],
      nextRunAt: null,
    });
  });
});

describe('toReportRequest', () => {
  it('gives each query the period, and the zone of the schedule unless it has its own', () => {
    const { queries, format } = toReportRequest(aRequest(), dueMs);
    const range = { from: '2026-02-28T23:00:00.000Z', to: '2026-03-01T23:00:00.000Z' };
    expect(format).toBe('pdf');
    expect(queries).toMatchObject([
      { range, timeZone: 'Europe/Berlin' },
      { range, timeZone: 'Asia/Tokyo' },
    ]);
  });
});

describe('keepNextRun', () => {
  const nowMs = dueMs + 1_000;

  it('loses no run that is due, when something else is changed just then', () => {
    const before = { request: aRequest(), nextRunAt: dueAt };
    expect(keepNextRun(before, aRequest({ title: 'Another' }), nowMs)).toEqual(dueAt);
  });

  it('looks anew when the time of the runs was changed, and after a pause', () => {
    const before = { request: aRequest(), nextRunAt: dueAt };
    const later = aRequest({ cron: '0 7 * * *' });
    expect(keepNextRun(before, later, nowMs)).toEqual(findFirstRun(later, nowMs));
    const paused = { request: aRequest({ paused: true }), nextRunAt: null };
    expect(keepNextRun(paused, aRequest(), nowMs)).toEqual(new Date(dueMs + dayMs));
    expect(keepNextRun(before, aRequest({ paused: true }), nowMs)).toBeNull();
  });
});
