import type { PipelineContext } from './pipeline.js';
import type { AuditLog } from './platform/audit.js';
import type { DeadLetterStore } from './platform/dead-letters.js';
import { AppError } from './platform/errors.js';
import type { SubjectJobStore } from './platform/subjects.js';

const dayMs = 86_400_000;

export interface ControlDataWithAge {
  readonly audit: { readonly log: Pick<AuditLog, 'shorten'> };
  readonly deadLetters: Pick<DeadLetterStore, 'removeExpired'>;
  readonly subjectJobs: Pick<SubjectJobStore, 'forget'>;
}

/**
 * Removes what control data has kept for as long as it may, now and once a day: dead letters (what nobody replayed of them is
 * lost, and counted), jobs about people, the beginnings of chains of the audit log.
 */
export function removeExpiredDaily(
  { config, lifecycle, logger, telemetry }: PipelineContext,
  foundation: ControlDataWithAge,
): void {
  const { auditDays, subjectJobDays } = config.retention;
  const before = (days: number): Date => new Date(Date.now() - days * dayMs);
  const tasks: Readonly<Record<string, () => Promise<void>>> = {
    async 'dead letters'() {
      const { letters, waiting } = await foundation.deadLetters.removeExpired(new Date());
      telemetry.dropped.inc({ component: 'dead-letters', reason: 'expired' }, waiting.events);
      if (letters > 0) logger.warn({ letters, waiting }, 'dead letters expired');
    },
    async 'jobs about people'() {
      if (subjectJobDays === undefined) return;
      const jobs = await foundation.subjectJobs.forget(before(subjectJobDays));
      if (jobs > 0) logger.info({ jobs }, 'jobs about people expired');
    },
    async 'entries of the audit log'() {
      if (auditDays === undefined) return;
      const { broken, removed } = await foundation.audit.log.shorten(before(auditDays));
      if (removed > 0) logger.info({ removed }, 'entries of the audit log expired');
      if (broken.length > 0)
        throw new AppError('audit_broken', 'Chains do not fit: see audit verify.', { status: 500 });
    },
  };
  async function removeAll(): Promise<void> {
    for (const [what, remove] of Object.entries(tasks))
      await remove().catch((error: unknown) => {
        logger.warn({ err: error, what }, 'expired control data not removed');
      });
  }
  let removing = removeAll();
  const timer = setInterval(() => {
    removing = removeAll();
  }, dayMs);
  lifecycle.onClose('expired control data', () => {
    clearInterval(timer);
    return removing;
  });
}
