import { AppError } from '../../platform/errors.js';
import type { ReportFailure } from '../../platform/reports.js';

export interface Judgement {
  readonly failure: ReportFailure;
  /** Can another start of the same report end otherwise? */
  readonly isRetryable: boolean;
}

/** What is told of an error. One that was not foreseen says nothing of its inside, and happens again. */
export function judgeFailure(error: unknown): Judgement {
  if (error instanceof AppError) {
    return { failure: { code: error.code, reason: error.message }, isRetryable: error.retryable };
  }
  const reason = 'Something failed on our side. The log has the reason.';
  return { failure: { code: 'internal_error', reason }, isRetryable: false };
}
