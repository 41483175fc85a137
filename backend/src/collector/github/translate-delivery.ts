import type { z } from 'zod';
import { pointerTo } from '../candidate.js';
import { AppError } from '../../platform/errors.js';
import { fromPullRequest } from './from-pull-request.js';
import { fromPush } from './from-push.js';
import { fromWorkflowRun } from './from-workflow-run.js';
import { pullRequestPayload, pushPayload, workflowRunPayload } from './payloads.js';
import type { Translation } from './translation.js';

/**
 * The events that a delivery stands for. `event` is the header `X-GitHub-Event`. Pure.
 * Throws `AppError` 400 `payload_invalid` when the payload is not what GitHub documents for its event.
 */
export function translateDelivery(event: string, payload: unknown): Translation {
  switch (event) {
    case 'ping':
      return { ignored: 'ping' };
    case 'pull_request':
      return fromPullRequest(parsePayload(pullRequestPayload, payload));
    case 'push':
      return fromPush(parsePayload(pushPayload, payload));
    case 'workflow_run':
      return fromWorkflowRun(parsePayload(workflowRunPayload, payload));
    default:
      return { ignored: 'event_unused' };
  }
}

function parsePayload<T>(schema: z.ZodType<T>, payload: unknown): T {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const pointer = (issue?.path ?? []).reduce<string>(pointerTo, '');
  const reason = `The payload is not what GitHub sends: ${issue?.message ?? 'it does not fit.'}`;
  throw new AppError('payload_invalid', reason.slice(0, 256), { status: 400, pointer });
}
