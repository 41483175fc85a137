import type { Delivery, ScheduleRequest } from '@coditect/contracts';
import { refuse } from '../../metric-queries/refuse.js';
import { hostOf, isLocalHost } from '../delivery/public-address.js';
import { checkCron } from './cron-rule.js';
import { toRule } from './plan-runs.js';

export interface CheckScheduleOptions {
  readonly nowMs: number;
  /** Is there a mail server? */
  readonly canMail: boolean;
  /** May webhooks go to addresses that are not of the public internet? */
  readonly allowPrivate: boolean;
}

/**
 * What can be told of a schedule without its questions. Throws 422 `time_zone_unknown`, `cron_invalid`,
 * `schedule_too_often`, `schedule_never_runs`, `schedule_life_empty`, `email_not_available`, `webhook_url_invalid` or
 * `webhook_address_refused`, with the pointer.
 */
export function checkSchedule(request: ScheduleRequest, options: CheckScheduleOptions): void {
  const rule = toRule(request);
  checkCron(rule, options.nowMs);
  const { startMs = -Infinity, endMs = Infinity } = rule;
  if (!(startMs < endMs)) {
    throw refuse('schedule_life_empty', '"startAt" must be before "endAt".', { pointer: '/endAt' });
  }
  request.deliveries.forEach((delivery, index) => {
    checkDelivery(delivery, `/deliveries/${index}`, options);
  });
}

function checkDelivery(
  delivery: Delivery,
  pointer: string,
  { canMail, allowPrivate }: CheckScheduleOptions,
): void {
  if (delivery.kind === 'email') {
    if (canMail) return;
    const reason = 'This service has no mail server (REPORT_SMTP_URL). Take a webhook, or ask who runs it.';
    throw refuse('email_not_available', reason, { pointer });
  }
  const url = new URL(delivery.url);
  if (url.username !== '' || url.password !== '') {
    const reason =
      'An address with a password in it would be shown in the history. Check the signature instead.';
    throw refuse('webhook_url_invalid', reason, { pointer: `${pointer}/url` });
  }
  if (allowPrivate || !isLocalHost(hostOf(url))) return;
  const reason = 'Webhooks go to addresses of the public internet only.';
  throw refuse('webhook_address_refused', reason, { pointer: `${pointer}/url` });
}
