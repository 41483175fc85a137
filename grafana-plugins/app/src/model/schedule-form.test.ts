import type { Schedule } from '@coditect/contracts';
import {
  describeRhythm,
  emptyForm,
  explainForm,
  isEditable,
  readRhythm,
  toCron,
  toForm,
  toRequest,
} from './schedule-form';

const schedule: Schedule = {
  id: 's1',
  title: 'Weekly cost',
  format: 'pdf',
  options: { page: 'Letter', numbers: 'raw', byteOrderMark: false },
  cron: '30 6 * * 1',
  timeZone: 'Europe/Berlin',
  weekdaysOnly: false,
  startAt: '2026-01-05T00:00:00Z',
  endAt: null,
  paused: true,
  period: 'previousWeek',
  queries: [
    { metric: 'cost', total: true, groupBy: ['team'], filters: [], compareTo: 'previousPeriod' },
    { metric: 'tokens', total: true, groupBy: ['team'], filters: [], compareTo: 'previousPeriod' },
  ],
  deliveries: [
    { kind: 'email', to: ['a@example.org', 'b@example.org'] },
    { kind: 'webhook', url: 'https://example.org/hook' },
  ],
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  nextRunAt: null,
  lastRunAt: null,
};

it.each(['30 6 * * *', '0 7 * * 1', '5 23 15 * *', '0 0 L * *', '*/5 8-18 * * 1-5', '0 7 1 * 1'])(
  'keeps the meaning of the cron line %s through the editor',
  (cron) => {
    expect(toCron({ ...readRhythm(cron), cron })).toBe(cron);
  },
);

it('says in words when it runs', () => {
  const at = (cron: string, weekdaysOnly = false) =>
    describeRhythm({ cron, timeZone: 'Asia/Kolkata', weekdaysOnly });
  expect(at('30 6 * * 1')).toBe('Every Monday at 06:30, Asia/Kolkata');
  expect(at('0 7 * * *', true)).toBe('Every weekday at 07:00, Asia/Kolkata');
  expect(at('0 7 L * *', true)).toBe('On the last day of the month at 07:00, not on weekends, Asia/Kolkata');
  expect(at('*/5 * * * *')).toBe('cron */5 * * * *, Asia/Kolkata');
});

describe('a schedule in the editor', () => {
  it('is written back as it was when nothing is changed', () => {
    const { title, format, options, cron, timeZone, weekdaysOnly, startAt, endAt, paused, period } = schedule;
    expect(toRequest(toForm(schedule), schedule)).toEqual({
      ...{ title, format, options, cron, timeZone, weekdaysOnly, startAt, endAt, paused, period },
      queries: schedule.queries.map(({ filters: _, ...query }) => query),
      deliveries: schedule.deliveries,
    });
  });

  it('begins and ends with whole days of its own zone', () => {
    const form = { ...toForm(schedule), startDay: '2026-07-01', endDay: '2026-12-31' };
    expect(toRequest(form, schedule)).toMatchObject({
      startAt: '2026-06-30T22:00:00.000Z',
      endAt: '2026-12-31T22:59:59.000Z',
    });
  });

  it('keeps queries that the editor has no fields for', () => {
    const queries: Schedule['queries'] = [
      {
        metric: 'cost',
        interval: '15m',
        groupBy: [],
        filters: [{ dimension: 'team', operator: '=', value: 'x' }],
        compareTo: 'none',
      },
    ];
    const written = { ...schedule, queries };
    expect(isEditable(queries)).toBe(false);
    expect(isEditable(schedule.queries)).toBe(true);
    expect(toRequest({ ...toForm(written), title: 'Other' }, written)).toMatchObject({
      title: 'Other',
      queries,
    });
  });

  it.each([{ timeZone: 'Asia/Tokyo' }, { limit: 5 }, { madeLater: true }])(
    'keeps queries that all have %j, for which it has no field',
    (part) => {
      const written = { ...schedule, queries: schedule.queries.map((query) => ({ ...query, ...part })) };
      expect(isEditable(written.queries)).toBe(false);
      expect(toRequest({ ...toForm(written), groupBy: [] }, written).queries).toEqual(written.queries);
    },
  );
});

it('names what is wrong by field', () => {
  expect(explainForm(toForm(schedule))).toEqual({});
  const form = {
    ...emptyForm(''),
    rhythm: 'cron' as const,
    cron: '0 7 *',
    emails: 'a@example.org, nobody',
    webhooks: 'ftp://x',
    startDay: '2026-03-02',
    endDay: '2026-03-01',
  };
  expect(Object.keys(explainForm(form)).sort()).toEqual(
    ['cron', 'emails', 'endDay', 'metrics', 'timeZone', 'title', 'webhooks'].sort(),
  );
  expect(explainForm(form).emails).toContain('nobody');
});
