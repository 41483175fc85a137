import type { ErrorBody, IngestAnswer, RejectedEvent } from '@coditect/contracts';
import type { RequestHandler } from 'express';
import type { BodyBudget } from '../body-budget.js';
import type { Intake, IntakeResult } from '../intake.js';
import type { CollectorLimits } from '../limits.js';
import type { Gate } from './gate.js';
import { checkEventsMediaType, parseEvents } from './parse-events.js';
import { readBody } from './read-body.js';

export interface RouteOptions {
  readonly gate: Gate;
  readonly intake: Intake;
  readonly limits: CollectorLimits;
  readonly bodies: BodyBudget;
}

/** `POST /v1/events`: CloudEvents, structured, binary, as a batch or as NDJSON. */
export function createEventsRoute({ gate, intake, limits, bodies }: RouteOptions): RequestHandler {
  return async (request, response) => {
    const result = await gate.pass(request.headers, async ({ tenant }) => {
      const mediaType = checkEventsMediaType(request.headers);
      return bodies.hold(tenant.id, async (share) => {
        const body = await readBody(request, limits, share);
        return intake.accept(tenant, parseEvents({ headers: request.headers, mediaType, body }, limits));
      });
    });
    const { status, answer } = toAnswer(result);
    response.status(status).json(answer);
  };
}

/**
 * 202 when at least one event is safe, or left out on purpose. A request of which nothing was kept is 400, so that a sender who looks at
 * the status alone notices; its body has the same fields and an `error` besides.
 */
export function toAnswer(result: IntakeResult): {
  status: number;
  answer: IngestAnswer | (IngestAnswer & ErrorBody);
} {
  const { accepted, rejected, suppressed } = result;
  const told = suppressed > 0 ? { accepted, suppressed, rejected } : { accepted, rejected };
  if (accepted + suppressed > 0) return { status: 202, answer: told };
  return { status: 400, answer: { accepted, rejected, error: errorOf(rejected) } };
}

function errorOf(rejected: readonly RejectedEvent[]): ErrorBody['error'] {
  const [first, ...others] = rejected;
  if (first === undefined || others.length > 0) {
    return {
      code: 'nothing_accepted',
      reason: 'No event of the request could be kept; "rejected" says why.',
    };
  }
  return { code: first.code, reason: first.reason, pointer: first.pointer };
}
