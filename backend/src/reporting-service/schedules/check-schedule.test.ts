import { scheduleRequestSchema, type ScheduleRequestInput } from '@coditect/contracts';
import { checkSchedule } from './check-schedule.js';

function check(
  overrides: Partial<ScheduleRequestInput>,
  options: { canMail?: boolean; allowPrivate?: boolean } = {},
) {
  const request = scheduleRequestSchema.parse({
    title: 'Requests',
    format: 'csv',
    cron: '0 6 * * *',
    timeZone: 'Europe/Berlin',
    period: 'yesterday',
    queries: [{ metric: 'api_requests', total: true }],
    ...overrides,
  });
  const { canMail = true, allowPrivate = false } = options;
  checkSchedule(request, { nowMs: Date.UTC(2026, 2, 1), canMail, allowPrivate });
}

function refusalOf(...given: Parameters<typeof check>): unknown {
  try {
    check(...given);
    return undefined;
  } catch (error) {
    return error;
  }
}

const webhook = (url: string) => ({ deliveries: [{ kind: 'webhook' as const, url }] });

describe('checkSchedule', () => {
  it('takes a schedule with mail and a webhook on the internet', () => {
    const email = { kind: 'email' as const, to: ['ada@example.com'] };
    expect(() => {
      check({ deliveries: [email, { kind: 'webhook', url: 'https://example.com/hook' }] });
    }).not.toThrow();
  });

  it.each<[string, Partial<ScheduleRequestInput>, string, string]>([
    ['an unknown zone', { timeZone: 'Mars/Phobos' }, 'time_zone_unknown', '/timeZone'],
    ['a cron line of six fields', { cron: '0 0 6 * * *' }, 'cron_invalid', '/cron'],
    ['every minute', { cron: '* * * * *' }, 'schedule_too_often', '/cron'],
    [
      'an end before the start',
      { startAt: '2026-04-01T00:00:00Z', endAt: '2026-03-01T00:00:00Z' },
      'schedule_life_empty',
      '/endAt',
    ],
    ['loopback', webhook('http://127.0.0.1:9000/'), 'webhook_address_refused', '/deliveries/0/url'],
    ['loopback written otherwise', webhook('http://0x7f.1/'), 'webhook_address_refused', '/deliveries/0/url'],
    ['loopback of IPv6', webhook('http://[::1]/'), 'webhook_address_refused', '/deliveries/0/url'],
    [
      'a mapped address',
      webhook('http://[::ffff:10.0.0.1]/'),
      'webhook_address_refused',
      '/deliveries/0/url',
    ],
    [
      'data of the cloud',
      webhook('http://169.254.169.254/latest'),
      'webhook_address_refused',
      '/deliveries/0/url',
    ],
    ['localhost', webhook('http://localhost./'), 'webhook_address_refused', '/deliveries/0/url'],
    [
      'a name of the network',
      webhook('http://postgres:5432/'),
      'webhook_address_refused',
      '/deliveries/0/url',
    ],
    ['a password', webhook('https://me:secret@example.com/'), 'webhook_url_invalid', '/deliveries/0/url'],
  ])('refuses %s', (_what, overrides, code, pointer) => {
    expect(refusalOf(overrides)).toMatchObject({ code, pointer, status: 422 });
  });

  it('refuses mail where there is no mail server', () => {
    expect(
      refusalOf({ deliveries: [{ kind: 'email', to: ['ada@example.com'] }] }, { canMail: false }),
    ).toMatchObject({ code: 'email_not_available', pointer: '/deliveries/0' });
  });

  it('takes loopback where private addresses are allowed', () => {
    expect(() => {
      check(webhook('http://127.0.0.1:9000/'), { allowPrivate: true });
    }).not.toThrow();
  });
});
