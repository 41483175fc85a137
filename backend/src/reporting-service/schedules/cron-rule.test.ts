import { checkTimeZone } from '../../metric-queries/check-range.js';
import { checkCron, findNextRun, listDueRuns, type ScheduleRule } from './cron-rule.js';

function aRule(
  cron: string,
  overrides: Partial<ScheduleRule> & { readonly timeZone?: string } = {},
): ScheduleRule {
  const { timeZone = 'UTC', ...rest } = overrides;
  const zone = checkTimeZone(timeZone);
  return { cron, zone, weekdaysOnly: false, startMs: undefined, endMs: undefined, ...rest };
}

function runsOf(rule: ScheduleRule, from: string, count: number): readonly string[] {
  const runs: string[] = [];
  let next = findNextRun(rule, Date.parse(from));
  while (next !== undefined && runs.length < count) {
    runs.push(new Date(next).toISOString());
    next = findNextRun(rule, next);
  }
  return runs;
}

describe('findNextRun', () => {
  it('runs once, with the jump, when the local time does not exist', () => {
    const rule = aRule('30 2 * * *', { timeZone: 'Europe/Berlin' });
    expect(runsOf(rule, '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('runs once when the local time comes twice', () => {
    const rule = aRule('30 2 * * *', { timeZone: 'Europe/Berlin' });
    expect(runsOf(rule, '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('runs on a day whose midnight does not exist, and where the clock changes by half an hour', () => {
    expect(runsOf(aRule('0 0 * * *', { timeZone: 'America/Santiago' }), '2026-09-05T12:00:00Z', 2)).toEqual([
      '2026-09-06T04:00:00.000Z',
      '2026-09-07T03:00:00.000Z',
    ]);
    expect(
      runsOf(aRule('15 2 * * *', { timeZone: 'Australia/Lord_Howe' }), '2026-10-03T00:00:00Z', 2),
    ).toEqual(['2026-10-03T15:45:00.000Z', '2026-10-04T15:15:00.000Z']);
  });

  it('knows the last day of a month', () => {
    expect(runsOf(aRule('0 6 L * *'), '2028-02-01T00:00:00Z', 2)).toEqual([
      '2028-02-29T06:00:00.000Z',
      '2028-03-31T06:00:00.000Z',
    ]);
  });

  it('leaves out weekends as they are in its own time zone', () => {
    // 22:00 UTC on Friday is Saturday in Tokyo, on Sunday it is Monday there.
    const rule = aRule('0 7 * * *', { timeZone: 'Asia/Tokyo', weekdaysOnly: true });
    expect(runsOf(rule, '2026-03-05T00:00:00Z', 3)).toEqual([
      '2026-03-05T22:00:00.000Z',
      '2026-03-08T22:00:00.000Z',
      '2026-03-09T22:00:00.000Z',
    ]);
  });

  it('lives from its start up to its end, which is not part of it', () => {
    const startMs = Date.parse('2026-03-02T06:00:00Z');
    const endMs = Date.parse('2026-03-04T06:00:00Z');
    expect(runsOf(aRule('0 6 * * *', { startMs, endMs }), '2026-01-01T00:00:00Z', 9)).toEqual([
      '2026-03-02T06:00:00.000Z',
      '2026-03-03T06:00:00.000Z',
    ]);
  });
});

describe('listDueRuns', () => {
  it('lists every run from the first that is due up to now', () => {
    const due = listDueRuns(
      aRule('0 6 * * *'),
      Date.parse('2026-03-01T06:00:00Z'),
      Date.parse('2026-03-03T06:00:00Z'),
    );
    expect(due.map((ms) => new Date(ms).getUTCDate())).toEqual([1, 2, 3]);
  });

  it('lists the latest after a very long time, also when they were only at its beginning', () => {
    const first = Date.parse('2025-01-01T00:00:00Z');
    const due = listDueRuns(aRule('*/15 * * 1 *'), first, Date.parse('2025-12-01T00:00:00Z'));
    expect(due).toHaveLength(200);
    expect(new Date(due.at(-1) ?? 0).toISOString()).toBe('2025-01-31T23:45:00.000Z');
    expect(due).toEqual([...due].sort((left, right) => left - right));
  });
});

describe('checkCron', () => {
  const nowMs = Date.parse('2026-03-01T00:00:00Z');
  const codeOf = (cron: string, overrides: Parameters<typeof aRule>[1] = {}): unknown => {
    try {
      checkCron(aRule(cron, overrides), nowMs);
      return 'taken';
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  };

  it.each([
    ['0 6 * * 1', 'taken'],
    ['*/15 * * * *', 'taken'],
    ['0,50 3 * * *', 'taken'],
    ['0 6 L * *', 'taken'],
    ['0 6 29 2 *', 'taken'],
    ['*/14 * * * *', 'schedule_too_often'],
    ['0,50 * * * *', 'schedule_too_often'],
    ['0,50 0,23 * * *', 'schedule_too_often'],
    ['0 6 30 2 *', 'schedule_never_runs'],
    ['* * * * * *', 'cron_invalid'],
    ['@daily', 'cron_invalid'],
    ['61 6 * * *', 'cron_invalid'],
    ['a b c d e', 'cron_invalid'],
  ])('%s is %s', (cron, expected) => {
    expect(codeOf(cron)).toBe(expected);
  });

  it('refuses weekends of a schedule for weekdays only', () => {
    expect(codeOf('0 6 * * 6', { weekdaysOnly: true })).toBe('schedule_never_runs');
  });

  it('takes a line in a zone whose clock makes two runs follow each other closely', () => {
    expect(codeOf('0 2,3 * * *', { timeZone: 'Europe/Berlin' })).toBe('taken');
  });
});
