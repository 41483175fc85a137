import { toGithubEvent, toName, type GithubEvent } from './cloud-event.js';
import type { PushPayload } from './payloads.js';
import type { Translation } from './translation.js';

type Commit = PushPayload['commits'][number];

/** As `git revert` writes it, the name of the commit in full or cut. */
const revertsCommit = /\bThis reverts commit ([0-9a-f]{7,64})\b/g;
/** The subject of a revert, with the number of the pull request that brought it where there is one. */
const revertSubject = /^Revert "(.*)"(?: \(#\d{1,15}\))?$/;
const broughtByMerge = /^Merge pull request #\d+ from /;
const broughtBySquash = / \(#\d{1,15}\)$/;
const numberOfChange = / \(#(\d{1,15})\)$|^Merge pull request #(\d{1,15}) from /;

/**
 * Changes that commits on the default branch take back. One that came with a pull request is told by that one's number,
 * as the pull request itself tells it, so that both ways count once; where the number is not known, it is left to the
 * pull request.
 */
export function fromPush(payload: PushPayload): Translation {
  const { repository, commits } = payload;
  if (payload.ref !== `refs/heads/${repository.default_branch}`) return { ignored: 'branch_unused' };
  const isMerge = broughtByMerge.test(firstLineOf(payload.head_commit?.message ?? ''));
  const events = commits.flatMap((commit) => toReverted(payload, commit, isMerge));
  return events.length === 0 ? { ignored: 'nothing_reverted' } : { events };
}

function toReverted(payload: PushPayload, commit: Commit, isMerge: boolean): GithubEvent[] {
  const shas = [...commit.message.matchAll(revertsCommit)].map((match) => match[1] ?? '');
  const [only] = shas;
  if (only === undefined) return [];
  const subject = firstLineOf(commit.message);
  const number = shas.length === 1 ? findNumber(subject) : undefined;
  if (number !== undefined) return [toEvent(payload, commit, `pull_request/${number}`, only)];
  if (isMerge || broughtBySquash.test(subject)) return [];
  return shas.map((sha) => toEvent(payload, commit, `commit/${sha}`, sha));
}

function findNumber(subject: string): number | undefined {
  const reverted = revertSubject.exec(subject)?.[1];
  const match = reverted === undefined ? null : numberOfChange.exec(reverted);
  const digits = match?.[1] ?? match?.[2];
  return digits === undefined ? undefined : Number(digits);
}

function toEvent(
  { repository }: PushPayload,
  commit: Commit,
  change: string,
  revertedCommit: string,
): GithubEvent {
  const { pushed_at: pushedAt, default_branch: branch } = repository;
  return toGithubEvent({
    repository,
    id: `${change}/reverted`,
    type: 'ai.coditect.workflow.change.reverted.v1',
    subject: change,
    // A commit's own time is whatever its author's clock said.
    time: typeof pushedAt === 'number' ? new Date(pushedAt * 1_000).toISOString() : commit.timestamp,
    data: { branch: toName(branch), commit: revertedCommit, revertedBy: `commit/${commit.id}` },
  });
}

function firstLineOf(message: string): string {
  return message.split('\n', 1)[0]?.trimEnd() ?? '';
}
