import { z } from 'zod';
import { AppError } from './errors.js';

/** What a `Date` can be of. */
const epochMsMax = 8.64e15;

/** An instant as it stands in a cursor. */
export const epochMsSchema = z.int().min(0).max(epochMsMax);

/** Where a page ends, as an opaque text: the "next" of one answer is the cursor of the question after it. It is not signed. */
export interface PageCursor<T> {
  write(position: T): string;
  /** Throws `AppError` 400 `cursor_invalid`. */
  read(cursor: string): T;
}

export function createPageCursor<T>(position: z.ZodType<T>, pointer = '/cursor'): PageCursor<T> {
  return {
    write: (written) => Buffer.from(JSON.stringify(written)).toString('base64url'),
    read(cursor) {
      try {
        return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
      } catch (cause) {
        const reason = 'This is not the "next" of an earlier answer.';
        throw new AppError('cursor_invalid', reason, { status: 400, pointer, cause });
      }
    },
  };
}
