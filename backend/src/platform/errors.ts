import type { ErrorBody } from '@coditect/contracts';

export interface AppErrorOptions {
  /** HTTP status this error is answered with. */
  readonly status: number;
  /** May the sender repeat the same request and hope? */
  readonly retryable?: boolean;
  /** RFC 6901 pointer into the request body. */
  readonly pointer?: string;
  readonly limit?: number;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An error that was foreseen: it has a stable code, a status, and says whether a retry can help. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;
  readonly pointer: string | undefined;
  readonly limit: number | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, reason: string, options: AppErrorOptions) {
    super(reason, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.pointer = options.pointer;
    this.limit = options.limit;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The body that goes with an error. An unforeseen error says nothing of its inside. */
export function toErrorBody(error: unknown): { status: number; body: ErrorBody } {
  if (!(error instanceof AppError)) {
    const reason = 'Something failed on our side. The log has the reason.';
    return { status: 500, body: { error: { code: 'internal_error', reason } } };
  }
  const { code, message: reason, pointer, limit, retryAfterSeconds } = error;
  return {
    status: error.status,
    body: {
      error: {
        code,
        reason,
        ...(pointer !== undefined && { pointer }),
        ...(limit !== undefined && { limit }),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      },
    },
  };
}
