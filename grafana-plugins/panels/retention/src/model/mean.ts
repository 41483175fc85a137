import type { Cohort } from './read-cohorts';

export interface MeanPeriod {
  /** Of all users of the cohorts that have ended the period. */
  share: number | null;
  users: number;
  size: number;
  cohortCount: number;
}

/** All cohorts together, each by its size: a cohort counts only where its own period has ended. */
export function meanOf(cohorts: readonly Cohort[], period: number): MeanPeriod {
  const known = cohorts.flatMap(({ size, periods }) => {
    const share = periods.get(period)?.share ?? null;
    return share === null || size === null || size <= 0
      ? []
      : [{ users: periods.get(period)?.users ?? share * size, size }];
  });
  const sum = (pick: (cohort: { users: number; size: number }) => number) =>
    known.reduce((total, cohort) => total + pick(cohort), 0);
  const size = sum((cohort) => cohort.size);
  const users = sum((cohort) => cohort.users);
  return { share: size > 0 ? users / size : null, users, size, cohortCount: known.length };
}
