import { AppError } from '../platform/errors.js';

export interface Refusal {
  /** RFC 6901, into the body of the question. */
  readonly pointer?: string;
  readonly limit?: number;
}

/** The question is understood and can't be answered as it stands: 422, with the field and the limit. */
export function refuse(code: string, reason: string, { pointer, limit }: Refusal = {}): AppError {
  return new AppError(code, reason, {
    status: 422,
    ...(pointer !== undefined && { pointer }),
    ...(limit !== undefined && { limit }),
  });
}
