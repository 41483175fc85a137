import type { Outcome } from '@coditect/contracts';
import { durationBetween, toGithubEvent, toName } from './cloud-event.js';
import type { WorkflowRunPayload } from './payloads.js';
import type { Translation } from './translation.js';

/** GitHub's conclusions of a run that ran. `neutral` lets a change pass; a `stale` run was given up because it took too long. */
const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['success', 'succeeded'],
  ['neutral', 'succeeded'],
  ['failure', 'failed'],
  ['startup_failure', 'failed'],
  ['timed_out', 'timed_out'],
  ['stale', 'timed_out'],
  ['cancelled', 'cancelled'],
]);

/** Conclusions of a run that did not run: its condition was false, or it waits for somebody's approval. */
const notRun: ReadonlySet<string> = new Set(['skipped', 'action_required']);

/** A run of GitHub Actions that came to its end. Each attempt is a run of its own. */
export function fromWorkflowRun(payload: WorkflowRunPayload): Translation {
  if (payload.action !== 'completed') return { ignored: 'action_unused' };
  const { repository, workflow, workflow_run: run } = payload;
  const conclusion = run.conclusion ?? '';
  if (notRun.has(conclusion)) return { ignored: 'not_run' };
  const status = outcomes.get(conclusion);
  if (status === undefined) return { ignored: 'conclusion_unknown' };
  const actor = run.triggering_actor ?? run.actor;
  const event = toGithubEvent({
    repository,
    id: `workflow_run/${run.id}/${run.run_attempt}`,
    type: 'ai.coditect.workflow.run.finished.v1',
    subject: `workflow_run/${run.id}`,
    time: run.updated_at,
    data: {
      userId: toName(actor?.login),
      workflow: toName(workflow?.name) ?? toName(run.name) ?? toName(run.path),
      kind: toName(run.event),
      status,
      durationMs: durationBetween(run.run_started_at ?? run.created_at, run.updated_at),
      conclusion,
      runNumber: run.run_number,
      runAttempt: run.run_attempt,
      onDefaultBranch: run.head_branch === repository.default_branch,
      userKind: actor?.type,
    },
  });
  return { events: [event] };
}
