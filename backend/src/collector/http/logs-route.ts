import type { RejectedEvent } from '@coditect/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { Tenant } from '../../platform/tenancy.js';
import { answerAccepted, answerRefused, type OtlpAnswer } from '../otlp/answer-logs.js';
import { decodeLogs, type DecodedLogs, type OtlpEncoding } from '../otlp/decode-logs.js';
import type { RouteOptions } from './events-route.js';
import { parseMediaType } from './media-type.js';
import { readBody } from './read-body.js';

export interface LogsRouteOptions extends RouteOptions {
  readonly telemetry: Pick<Telemetry, 'dropped' | 'errors'>;
  readonly logger: Logger;
}

/**
 * `POST /v1/logs`: OTLP/HTTP. Everything is answered in the request's encoding, refusals too, because the senders
 * are libraries that understand nothing else.
 */
export function createLogsRoute(options: LogsRouteOptions): RequestHandler {
  return async (request, response) => {
    const encoding = findEncoding(request.headers);
    try {
      const rejected = await options.gate.pass(request.headers, async ({ tenant }) => {
        const known = encoding ?? unsupported();
        parseMediaType(request.headers['content-type']);
        return options.bodies.hold(tenant.id, async (share) => {
          const body = await readBody(request, options.limits, share);
          return accept(tenant, decodeLogs(body, known, options.limits), options);
        });
      });
      send(response, answerAccepted(rejected, encoding ?? 'json'));
    } catch (error) {
      const answer = answerRefused(error, encoding ?? 'json');
      options.telemetry.errors.inc({ component: 'collector', code: answer.code });
      if (answer.status >= 500) options.logger.error({ err: error, path: request.path }, 'request failed');
      send(response, answer);
    }
  };
}

async function accept(
  tenant: Tenant,
  { candidates, contentDropped }: DecodedLogs,
  { intake, telemetry }: LogsRouteOptions,
): Promise<readonly RejectedEvent[]> {
  if (candidates.length === 0) return [];
  const { rejected } = await intake.accept(tenant, candidates);
  telemetry.dropped.inc({ component: 'collector.attributes', reason: 'content' }, contentDropped);
  return rejected;
}

function send(response: Response, answer: OtlpAnswer): void {
  if (answer.retryAfterSeconds !== undefined) response.set('retry-after', String(answer.retryAfterSeconds));
  // Express would add a charset, which protobuf has not.
  response.status(answer.status).setHeader('content-type', answer.contentType).end(answer.body);
}

function findEncoding(headers: IncomingHttpHeaders): OtlpEncoding | undefined {
  const mediaType = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-protobuf' || mediaType === 'application/protobuf') return 'protobuf';
  return mediaType === 'application/json' ? 'json' : undefined;
}

function unsupported(): never {
  const reason = 'Send application/json or application/x-protobuf.';
  throw new AppError('content_type_unsupported', reason, { status: 415 });
}
