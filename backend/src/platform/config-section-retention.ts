import { optional, wholeNumber } from './config-variable.js';

const hundredYearsDays = 36_525;

/** What is kept beside events, letters and reports, whose variables are with their roles. */
export const retentionSection = {
  usageDays: wholeNumber('USAGE_RETENTION_DAYS', {
    description: 'How long it is kept what tenants used in a day.',
    unit: 'days',
    fallback: 400,
    min: 2,
    max: hundredYearsDays,
  }),
  subjectJobDays: optional(
    wholeNumber('SUBJECT_JOB_RETENTION_DAYS', {
      description:
        'How long jobs about people (erasures, exports, opt-outs) are kept after their end, with their proofs.',
      unit: 'days',
      fallback: 1_830,
      min: 30,
      max: hundredYearsDays,
    }),
    'as long as the store',
  ),
  auditDays: optional(
    wholeNumber('AUDIT_RETENTION_DAYS', {
      description:
        'How long entries of the audit log are kept. Once a day the beginning of each chain that is older is verified and removed, and an entry says so: what is left stays verifiable.',
      unit: 'days',
      fallback: 1_830,
      min: 90,
      max: hundredYearsDays,
    }),
    'as long as the store',
  ),
} as const;
