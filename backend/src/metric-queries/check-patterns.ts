import { AppError } from '../platform/errors.js';
import type { FilterOperator } from '../storage/metric-reads.js';

interface PatternFilter {
  readonly operator: FilterOperator;
  readonly value: string | readonly string[];
}

/**
 * Regular expressions are compiled on their own first, so that a bad one is named by its place in the question:
 * `pointer` is that of the list of filters.
 */
export async function checkFilterPatterns(
  filters: readonly PatternFilter[],
  checkRegex: (pattern: string) => Promise<void>,
  pointer = '/filters',
): Promise<void> {
  for (const [index, { operator, value }] of filters.entries()) {
    if ((operator !== '=~' && operator !== '!~') || typeof value !== 'string') continue;
    await checkPattern(value, `${pointer}/${index}/value`, checkRegex);
  }
}

/** Throws `AppError` `regex_invalid` with the pointer. */
export async function checkPattern(
  pattern: string,
  pointer: string,
  checkRegex: (pattern: string) => Promise<void>,
): Promise<void> {
  try {
    await checkRegex(pattern);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'regex_invalid') throw error;
    const { status, message } = error;
    throw new AppError('regex_invalid', message, { status, pointer, cause: error });
  }
}
