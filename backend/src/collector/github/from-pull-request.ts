import { durationBetween, toGithubEvent, toName, type GithubEvent } from './cloud-event.js';
import type { PullRequestPayload } from './payloads.js';
import type { Translation } from './translation.js';

/** As GitHub writes into a pull request that its Revert button makes. */
const revertsLine = /^Reverts ([\w.-]+\/[\w.-]+)#(\d{1,15})\b/m;

/** A pull request that was merged and, where it takes back another one of the same repository, that one's end. */
export function fromPullRequest(payload: PullRequestPayload): Translation {
  if (payload.action !== 'closed') return { ignored: 'action_unused' };
  const mergedAt = payload.pull_request.merged_at;
  if (payload.pull_request.merged !== true || typeof mergedAt !== 'string') return { ignored: 'not_merged' };
  const reverted = findReverted(payload);
  return {
    events: [
      toMerged(payload, mergedAt),
      ...(reverted === undefined ? [] : [toReverted(payload, mergedAt, reverted)]),
    ],
  };
}

function toMerged({ repository, pull_request: change }: PullRequestPayload, mergedAt: string): GithubEvent {
  return toGithubEvent({
    repository,
    id: `pull_request/${change.number}/merged`,
    type: 'ai.coditect.workflow.change.merged.v1',
    subject: `pull_request/${change.number}`,
    time: mergedAt,
    data: {
      userId: toName(change.user?.login),
      durationMs: durationBetween(change.created_at, mergedAt),
      number: change.number,
      branch: toName(change.base.ref),
      linesAdded: change.additions,
      linesDeleted: change.deletions,
      filesChanged: change.changed_files,
      commits: change.commits,
      comments: change.comments,
      reviewComments: change.review_comments,
      labels: toLabels(change.labels),
      userKind: change.user?.type,
      // Named so that the intake knows it for a person.
      mergedBy: { login: change.merged_by?.login },
    },
  });
}

const labelsCharsMax = 2_000;

/** As many as an attribute holds, in GitHub's order; none is no attribute. */
function toLabels(labels: PullRequestPayload['pull_request']['labels']): readonly string[] | undefined {
  const kept: string[] = [];
  let chars = 0;
  for (const { name } of labels ?? []) {
    chars += name.length + 3;
    if (chars > labelsCharsMax) break;
    kept.push(name);
  }
  return kept.length === 0 ? undefined : kept;
}

function findReverted({ repository, pull_request: change }: PullRequestPayload): number | undefined {
  if (!change.title.startsWith('Revert "')) return undefined;
  const [, name = '', number = ''] = revertsLine.exec(change.body ?? '') ?? [];
  return name.toLowerCase() === repository.full_name.toLowerCase() ? Number(number) : undefined;
}

/** Names no person: the one who reverts is not the one whose change it was. */
function toReverted(
  { repository, pull_request: change }: PullRequestPayload,
  mergedAt: string,
  reverted: number,
): GithubEvent {
  return toGithubEvent({
    repository,
    id: `pull_request/${reverted}/reverted`,
    type: 'ai.coditect.workflow.change.reverted.v1',
    subject: `pull_request/${reverted}`,
    time: mergedAt,
    data: { number: reverted, branch: toName(change.base.ref), revertedBy: `pull_request/${change.number}` },
  });
}
