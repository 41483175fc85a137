import type { Report } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { ReportStore } from '../../platform/reports.js';
import type { DeliveryJob, DeliveryQueue } from '../../platform/schedules.js';
import type { ReportFiles } from '../jobs/report-files.js';
import { DeliveryError } from './delivery-error.js';
import { deliveryIdOf, writeWebhookBody, type DeliveredReport } from './describe-delivery.js';
import { postWebhook, type PostWebhookOptions } from './post-webhook.js';
import type { Mail, SendMail } from './send-mail.js';
import { signWebhook } from './sign-webhook.js';
import { writeMail } from './write-mail.js';

export interface DeliverOptions {
  readonly reports: Pick<ReportStore, 'find' | 'findManifest'>;
  readonly files: Pick<ReportFiles, 'open'>;
  readonly queue: Pick<DeliveryQueue, 'findSecret'>;
  /** `undefined` where no mail server is configured. */
  readonly sendMail: SendMail | undefined;
  readonly webhooks: PostWebhookOptions;
  /** Largest file that goes with a mail. */
  readonly mailBytesMax: number;
  readonly pageUrl: string | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Sends once. Resolves when the other side has taken it, rejects with `DeliveryError` for what was foreseen. */
export async function deliver(job: DeliveryJob, options: DeliverOptions): Promise<void> {
  const { reports } = options;
  const report = await reports.find(job.tenant.id, job.reportId);
  if (report === undefined) {
    throw new DeliveryError('The report was removed before it was sent.', { isRetryable: false });
  }
  checkEnded(report);
  const manifest = (await reports.findManifest(job.tenant.id, job.reportId)) ?? null;
  const delivered = { job, report, manifest };
  if (job.kind === 'email') await mail(delivered, options);
  else await post(delivered, options);
}

/** Also when somebody has made it anew since its run ended: what is sent is the report of now. */
function checkEnded({ state }: Report): void {
  if (state === 'queued' || state === 'running') {
    throw new DeliveryError('The report is being made again.', { isRetryable: true });
  }
  if (state === 'cancelled') {
    throw new DeliveryError('The report was cancelled.', { isRetryable: false });
  }
}

async function mail(delivered: DeliveredReport, options: DeliverOptions): Promise<void> {
  const { job } = delivered;
  if (options.sendMail === undefined) {
    throw new DeliveryError('No mail server is configured.', { isRetryable: false });
  }
  const attachment = await openAttachment(delivered, options);
  const { subject, text } = writeMail(delivered, {
    isAttached: attachment !== undefined,
    pageUrl: options.pageUrl,
  });
  await options.sendMail({ to: job.target, id: deliveryIdOf(job), subject, text, attachment });
}

async function openAttachment(
  { job, report }: DeliveredReport,
  { files, mailBytesMax }: DeliverOptions,
): Promise<Mail['attachment']> {
  const { file } = report;
  if (report.state !== 'done' || file === null || file.bytes > mailBytesMax) return undefined;
  const content = await files.open({ tenantId: job.tenant.id, id: report.id, attempt: report.attempt });
  if (content === undefined) {
    const reason = 'The file of the report is not there.';
    throw new DeliveryError(reason, { isRetryable: true });
  }
  return { name: file.name, contentType: file.contentType, content };
}

async function post(delivered: DeliveredReport, options: DeliverOptions): Promise<void> {
  const { job } = delivered;
  const secret = await findSecret(job, options);
  const body = writeWebhookBody(delivered);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'coditect-analytics',
    ...signWebhook(body, { id: deliveryIdOf(job), secret, nowMs: options.now() }),
  };
  await postWebhook({ url: job.target, headers, body }, options.webhooks);
}

async function findSecret(job: DeliveryJob, { queue }: DeliverOptions): Promise<string> {
  try {
    const secret = await queue.findSecret(job);
    if (secret !== undefined) return secret;
  } catch (cause) {
    if (!(cause instanceof AppError) || !cause.code.startsWith('secrets_key')) throw cause;
    const reason =
      'The secret of the webhook can not be read here. SECRETS_KEY is not the one it was stored with.';
    throw new DeliveryError(reason, { isRetryable: true, cause });
  }
  throw new DeliveryError('The schedule has no secret to sign with.', { isRetryable: false });
}
