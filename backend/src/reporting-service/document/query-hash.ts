import { createHash } from 'node:crypto';

/** Twelve hex digits that name a question: the same for the same question, however its keys are ordered. */
export function hashQuestions(questions: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(questions.map(inOrder)))
    .digest('hex')
    .slice(0, 12);
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}
