import type { FunnelGroup } from './read-funnel';

/** A share of a whole; `null` where either isn't known, or the whole is nothing. */
export function conversionOf(users: number | null, whole: number | null): number | null {
  return users === null || whole === null || whole <= 0 ? null : users / whole;
}

export interface StepTotal {
  users: number | null;
  /** Share of the step before that didn't come; below zero where more came. `null` for the first step. */
  dropShare: number | null;
}

/** All groups that are shown, together. */
export function totalsOf(groups: readonly FunnelGroup[], keys: readonly string[]): StepTotal[] {
  const users = keys.map((key) => {
    const known = groups.map(({ steps }) => steps.get(key)?.users ?? null).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
  return users.map((value, index) => {
    const before = index === 0 ? null : (users[index - 1] ?? null);
    // One minus the conversion would have digits that mean nothing.
    const lost = value === null || before === null ? null : before - value;
    return { users: value, dropShare: conversionOf(lost, before) };
  });
}

/** The step that the largest share of those before it didn't reach; the first one of equals. */
export function findWorst(totals: readonly StepTotal[]): number | undefined {
  const largest = Math.max(...totals.map(({ dropShare }) => dropShare ?? 0));
  return largest > 0 ? totals.findIndex(({ dropShare }) => dropShare === largest) : undefined;
}
