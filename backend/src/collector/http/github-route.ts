import type { IngestAnswer } from '@coditect/contracts';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../platform/errors.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { Webhook, WebhookStore } from '../../platform/webhooks.js';
import { githubMediaTypes, parsePayload } from '../github/parse-payload.js';
import { isSignature, isSignedWith } from '../github/signature.js';
import { translateDelivery } from '../github/translate-delivery.js';
import type { IgnoredReason } from '../github/translation.js';
import type { BodyBudget } from '../body-budget.js';
import type { Intake } from '../intake.js';
import type { CollectorLimits } from '../limits.js';
import { toAnswer } from './events-route.js';
import { runWithin, type RequestBound } from './gate.js';
import { parseMediaType } from './media-type.js';
import { readBody } from './read-body.js';

export interface GithubRouteOptions {
  readonly webhooks: Pick<WebhookStore, 'findWebhook'>;
  readonly intake: Intake;
  readonly limits: Pick<CollectorLimits, 'webhookBytesMax' | 'webhooksInFlightMax'>;
  readonly bodies: BodyBudget;
  readonly telemetry: Pick<Telemetry, 'received' | 'dropped'>;
}

interface IgnoredAnswer {
  readonly accepted: 0;
  readonly ignored: IgnoredReason;
}

const COMPONENT = 'collector.github';

/**
 * `POST /v1/webhooks/github/:webhookId`. Nothing of a delivery is parsed before its signature is proven, and nobody
 * learns whether it was the id or the signature that was wrong.
 */
export function createGithubRoute(options: GithubRouteOptions): RequestHandler<{ webhookId: string }> {
  const bound: RequestBound = { inFlight: 0, inFlightMax: options.limits.webhooksInFlightMax };
  return async (request, response) => {
    const { status, answer } = await runWithin(bound, () => takeDelivery(request, options));
    response.status(status).json(answer);
  };
}

async function takeDelivery(
  request: Request<{ webhookId: string }>,
  options: GithubRouteOptions,
): Promise<{ status: number; answer: IngestAnswer | IgnoredAnswer }> {
  const { webhook, signature } = await findSender(request, options.webhooks);
  const mediaType = checkHeaders(request);
  const bytesMax = options.limits.webhookBytesMax;
  return options.bodies.hold(webhook.tenant.id, async (share) => {
    const body = await readBody(request, { bodyBytesMax: bytesMax, inflatedBytesMax: bytesMax }, share);
    if (!isSignedWith(webhook.secret, body, signature)) throw createSignatureError();
    return takeSigned({ event: request.get('x-github-event'), mediaType, body }, webhook, options);
  });
}

async function takeSigned(
  { event, mediaType, body }: { event: string | undefined; mediaType: string; body: Buffer },
  webhook: Webhook,
  { intake, telemetry }: GithubRouteOptions,
): Promise<{ status: number; answer: IngestAnswer | IgnoredAnswer }> {
  telemetry.received.inc({ component: COMPONENT });
  if (event === undefined || event === '') {
    throw new AppError('event_missing', 'The header X-GitHub-Event is missing.', { status: 400 });
  }
  const translation = translateDelivery(event, parsePayload(mediaType, body));
  if ('ignored' in translation) {
    const { ignored } = translation;
    telemetry.dropped.inc({ component: COMPONENT, reason: ignored });
    return { status: ignored === 'ping' ? 200 : 202, answer: { accepted: 0, ignored } };
  }
  const candidates = translation.events.map((translated, index) => ({ index, event: translated }));
  return toAnswer(await intake.accept(webhook.tenant, candidates));
}

async function findSender(
  request: Request<{ webhookId: string }>,
  webhooks: Pick<WebhookStore, 'findWebhook'>,
): Promise<{ webhook: Webhook; signature: string }> {
  const signature = request.get('x-hub-signature-256');
  if (!isSignature(signature)) throw createSignatureError();
  const webhook = await findWebhook(webhooks, request.params.webhookId);
  if (webhook === undefined) throw createSignatureError();
  return { webhook, signature };
}

const idForm = /^wh_[0-9A-Za-z]{22}$/;

async function findWebhook(
  webhooks: Pick<WebhookStore, 'findWebhook'>,
  id: string,
): Promise<Webhook | undefined> {
  if (!idForm.test(id)) return undefined;
  try {
    return await webhooks.findWebhook(id, 'github');
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const reason = 'Webhooks can not be looked up now. Deliver this one again.';
    throw new AppError('control_unavailable', reason, {
      status: 503,
      retryable: true,
      retryAfterSeconds: 2,
      cause,
    });
  }
}

/** The signature is that of the bytes as sent: what was encoded on its way could not be proven before it is inflated. */
function checkHeaders(request: Request<{ webhookId: string }>): string {
  const encoding = request.get('content-encoding') ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity') {
    throw new AppError('encoding_unsupported', 'A webhook must not be encoded.', { status: 415 });
  }
  const mediaType = parseMediaType(request.get('content-type'));
  if (githubMediaTypes.some((known) => known === mediaType)) return mediaType;
  const reason = `Send one of ${githubMediaTypes.join(', ')}.`;
  throw new AppError('content_type_unsupported', reason, { status: 415 });
}

function createSignatureError(): AppError {
  const reason = 'The webhook is not known, or its secret is not the one it was signed with.';
  return new AppError('signature_invalid', reason, { status: 401 });
}
