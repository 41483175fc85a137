import { z } from 'zod';
import { AppError } from '../../../platform/errors.js';
import type { ClickHouse } from '../client.js';

/** Compiles a regular expression in the engine that will run it. Throws `AppError` `regex_invalid`. */
export async function checkRegex(
  clickHouse: ClickHouse,
  pattern: string,
  signal?: AbortSignal,
): Promise<void> {
  // The engine's own words end there, and with them what would tell a bad expression from a fault.
  if (pattern.includes('\0')) {
    const reason = String.raw`A regular expression holds no NUL itself: write \x00.`;
    throw new AppError('regex_invalid', reason, { status: 400 });
  }
  await clickHouse.query({
    name: 'regex-check',
    sql: `SELECT match('', {pattern:String}) AS matches`,
    params: { pattern },
    row: z.object({ matches: z.number() }),
    ...(signal !== undefined && { signal }),
  });
}
