import type { AnalysisKind, AnswerCell } from '@coditect/contracts';
import { noticeHidden } from '../../metric-queries/hide-small-groups.js';
import type { AnalysisResult } from './analysis-handler.js';

/** The columns that say how many people a row is about. */
const peopleColumns: Readonly<Record<AnalysisKind, readonly string[]>> = {
  funnel: ['users'],
  retention: ['size', 'users'],
  lifecycle: ['new', 'returning', 'resurrected', 'dormant'],
  paths: ['users'],
  seats: ['assigned', 'active', 'idle'],
  'seat-transitions': ['seats'],
  budget: [],
};

export interface HideOptions {
  readonly analysis: AnalysisKind;
  readonly query: unknown;
  readonly minGroupSize: number;
}

/**
 * Takes out what tells of fewer people than the smallest group has, where a part of the tenant was asked for. A path is a
 * part by itself, and tells what they did: it is left out whole.
 */
export function hideSmallParts(
  result: AnalysisResult,
  { analysis, minGroupSize, query }: HideOptions,
): AnalysisResult {
  const isPath = analysis === 'paths';
  if (minGroupSize <= 1 || (!isPath && !isOfPart(query))) return result;
  const counting = result.columns.map(({ name }) => peopleColumns[analysis].includes(name));
  const isSmall = (row: readonly AnswerCell[]): boolean =>
    row.some((cell, index) => counting[index] === true && Number(cell) > 0 && Number(cell) < minGroupSize);
  const hidden = result.rows.filter(isSmall).length;
  if (hidden === 0) return result;
  const withoutNumbers = (row: AnswerCell[]): AnswerCell[] =>
    row.map((cell, index) => (result.columns[index]?.unit === undefined ? cell : null));
  const rows = isPath
    ? result.rows.filter((row) => !isSmall(row))
    : result.rows.map((row) => (isSmall(row) ? withoutNumbers(row) : row));
  return { ...result, rows, notices: [...result.notices, noticeHidden(hidden, minGroupSize)] };
}

/** Filtered anywhere, or broken down. In a value the quotes would be escaped. */
function isOfPart(query: unknown): boolean {
  const text = JSON.stringify(query);
  return text.includes('"filters":[{') || text.includes('"breakdown":"');
}
