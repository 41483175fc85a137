import { z } from 'zod';
import type { ClickHouse } from '../client.js';

/** Compiles a regular expression in the engine that will run it. Throws `AppError` `regex_invalid`. */
export async function checkRegex(
  clickHouse: ClickHouse,
  pattern: string,
  signal?: AbortSignal,
): Promise<void> {
  await clickHouse.query({
    name: 'regex-check',
    sql: `SELECT match('', {pattern:String}) AS matches`,
    params: { pattern },
    row: z.object({ matches: z.number() }),
    ...(signal !== undefined && { signal }),
  });
}
