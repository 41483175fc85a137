import { checkEvent } from '../check-event.js';
import { defaultCollectorLimits } from '../limits.js';
import { aPullRequestPayload, aPushPayload, aWorkflowRunPayload } from '../../testkit/github-payloads.js';
import type { GithubEvent } from './cloud-event.js';
import { translateDelivery } from './translate-delivery.js';

const nowMs = Date.parse('2026-06-15T12:00:00Z');
const sha = 'ec26c3e57ca3a959ca5aad62de7213c562f8c821';

/** Every event that is made must pass the door. */
function eventsOf(event: string, payload: unknown): readonly GithubEvent[] {
  const translation = translateDelivery(event, payload);
  if ('ignored' in translation) return [];
  for (const made of translation.events) {
    expect(checkEvent(made, { limits: defaultCollectorLimits, nowMs })).toMatchObject({ ok: true });
  }
  return translation.events;
}

function idsOf(event: string, payload: unknown): readonly string[] {
  return eventsOf(event, payload).map(({ id }) => id);
}

function ignoredOf(event: string, payload: unknown): string | undefined {
  const translation = translateDelivery(event, payload);
  return 'ignored' in translation ? translation.ignored : undefined;
}

describe('a merged pull request', () => {
  it('is a merged change with its author, age and size', () => {
    const [event, ...others] = eventsOf('pull_request', aPullRequestPayload());
    expect(others).toEqual([]);
    expect(event).toEqual({
      specversion: '1.0',
      id: 'pull_request/42/merged',
      source: 'https://github.com/acme/shop',
      type: 'ai.coditect.workflow.change.merged.v1',
      subject: 'pull_request/42',
      time: '2026-06-15T10:00:00Z',
      data: {
        userId: 'ada',
        repository: 'acme/shop',
        language: 'TypeScript',
        durationMs: 2 * 3_600_000,
        number: 42,
        branch: 'main',
        linesAdded: 120,
        linesDeleted: 30,
        filesChanged: 5,
        commits: 2,
        comments: 1,
        reviewComments: 3,
        labels: ['bug', 'pricing'],
        userKind: 'User',
        mergedBy: { login: 'grace' },
      },
    });
  });

  it('holds nothing of what people wrote', () => {
    const made = JSON.stringify(eventsOf('pull_request', aPullRequestPayload()));
    for (const text of ['Round prices', 'See the ticket', 'ada/rounding']) expect(made).not.toContain(text);
  });

  it('is taken from an account that was deleted, and with more labels than fit', () => {
    const labels = Array.from({ length: 100 }, (_, index) => ({ name: `${'l'.repeat(48)}${index}` }));
    const [event] = eventsOf('pull_request', aPullRequestPayload({ user: null, labels, merged_by: null }));
    expect(event?.data['userId']).toBeUndefined();
    expect(event?.data['labels']).toHaveLength(37);
  });

  it.each([
    ['closed without a merge', aPullRequestPayload({ merged: false, merged_at: null }), 'not_merged'],
    [
      'opened',
      aPullRequestPayload({ merged: false, merged_at: null }, { action: 'opened' }),
      'action_unused',
    ],
  ])('is not what was %s', (_name, payload, reason) => {
    expect(ignoredOf('pull_request', payload)).toBe(reason);
  });
});

describe('a pull request that reverts another', () => {
  const revert = { number: 43, title: 'Revert "Round prices half up"', body: 'Reverts acme/shop#42' };

  it('is a merged change, and the end of the other, which names no person', () => {
    const [merged, reverted] = eventsOf('pull_request', aPullRequestPayload(revert));
    expect(merged?.id).toBe('pull_request/43/merged');
    expect(reverted).toEqual({
      specversion: '1.0',
      id: 'pull_request/42/reverted',
      source: 'https://github.com/acme/shop',
      type: 'ai.coditect.workflow.change.reverted.v1',
      subject: 'pull_request/42',
      time: '2026-06-15T10:00:00Z',
      data: {
        repository: 'acme/shop',
        language: 'TypeScript',
        number: 42,
        branch: 'main',
        revertedBy: 'pull_request/43',
      },
    });
  });

  it.each([
    ['says so only in its title', { ...revert, body: null }],
    ['says so only in its text', { ...revert, title: 'Prices' }],
    ['means another repository', { ...revert, body: 'Reverts other/shop#42' }],
  ])('is a merged change alone when it %s', (_name, change) => {
    expect(idsOf('pull_request', aPullRequestPayload(change))).toEqual(['pull_request/43/merged']);
  });
});

describe('a push to the default branch', () => {
  const told = `\n\nThis reverts commit ${sha}.`;

  it('tells of each commit that is reverted', () => {
    const payload = aPushPayload(['Fix', `Revert "Round prices"${told}`]);
    expect(eventsOf('push', payload)).toMatchObject([
      {
        id: `commit/${sha}/reverted`,
        type: 'ai.coditect.workflow.change.reverted.v1',
        time: '2026-06-15T10:00:00.000Z',
        data: { repository: 'acme/shop', commit: sha, branch: 'main' },
      },
    ]);
  });

  it.each([
    ['by its squash', `Revert "Round prices (#42)"${told}`],
    ['by its merge', `Revert "Merge pull request #42 from acme/rounding"${told}`],
    ['in a pull request of its own', `Revert "Round prices (#42)" (#43)${told}`],
    ['again', `Revert "Revert "Round prices (#41)" (#42)" (#43)${told}`],
  ])('names the pull request that is reverted %s, as that one does itself', (_name, message) => {
    const byPush = idsOf('push', aPushPayload([message]));
    const byPullRequest = idsOf(
      'pull_request',
      aPullRequestPayload({ number: 43, title: 'Revert "Round prices"', body: 'Reverts acme/shop#42' }),
    );
    expect(byPush).toEqual(['pull_request/42/reverted']);
    expect(byPullRequest).toContain(byPush[0]);
  });

  it.each([
    ['a squash', [`Revert "Round prices" (#43)${told}`]],
    ['a merge', [`Revert "Round prices"${told}`, 'Merge pull request #43 from acme/revert-42\n\nRevert']],
  ])('leaves a revert that came with a pull request by %s to that one', (_name, messages) => {
    expect(ignoredOf('push', aPushPayload(messages))).toBe('nothing_reverted');
  });

  it('tells of several reverts in one message', () => {
    const other = 'f'.repeat(40);
    const message = `Back to Monday\n\nThis reverts commit ${sha}.\nThis reverts commit ${other}.`;
    expect(idsOf('push', aPushPayload([message]))).toEqual([
      `commit/${sha}/reverted`,
      `commit/${other}/reverted`,
    ]);
  });

  it.each([
    ['another branch', aPushPayload([`Revert "X"${told}`], { ref: 'refs/heads/dev' }), 'branch_unused'],
    ['a tag named like it', aPushPayload([`Revert "X"${told}`], { ref: 'refs/tags/main' }), 'branch_unused'],
    ['no commits', aPushPayload([], { deleted: true }), 'nothing_reverted'],
    ['an ordinary commit', aPushPayload(['Round prices']), 'nothing_reverted'],
  ])('is not one of %s', (_name, payload, reason) => {
    expect(ignoredOf('push', payload)).toBe(reason);
  });
});

describe('a run of GitHub Actions', () => {
  it('is a finished workflow with who started it and how long it took', () => {
    expect(eventsOf('workflow_run', aWorkflowRunPayload())).toEqual([
      {
        specversion: '1.0',
        id: 'workflow_run/30433642/1',
        source: 'https://github.com/acme/shop',
        type: 'ai.coditect.workflow.run.finished.v1',
        subject: 'workflow_run/30433642',
        time: '2026-06-15T10:00:00Z',
        data: {
          repository: 'acme/shop',
          language: 'TypeScript',
          userId: 'grace',
          workflow: 'Build',
          kind: 'push',
          status: 'succeeded',
          durationMs: 300_000,
          conclusion: 'success',
          runNumber: 562,
          runAttempt: 1,
          onDefaultBranch: true,
          userKind: 'User',
        },
      },
    ]);
  });

  it('is another one at each attempt', () => {
    expect(idsOf('workflow_run', aWorkflowRunPayload({ run_attempt: 2 }))).toEqual([
      'workflow_run/30433642/2',
    ]);
  });

  it.each([
    ['success', 'succeeded'],
    ['neutral', 'succeeded'],
    ['failure', 'failed'],
    ['startup_failure', 'failed'],
    ['timed_out', 'timed_out'],
    ['stale', 'timed_out'],
    ['cancelled', 'cancelled'],
  ])('that ends with %s has %s', (conclusion, status) => {
    expect(eventsOf('workflow_run', aWorkflowRunPayload({ conclusion }))[0]?.data['status']).toBe(status);
  });

  it.each([
    ['skipped', 'not_run'],
    ['action_required', 'not_run'],
    ['levitated', 'conclusion_unknown'],
    [null, 'conclusion_unknown'],
  ])('that ends with %s is left out', (conclusion, reason) => {
    expect(ignoredOf('workflow_run', aWorkflowRunPayload({ conclusion }))).toBe(reason);
  });

  it('is left out until it is completed', () => {
    expect(ignoredOf('workflow_run', aWorkflowRunPayload({}, { action: 'requested' }))).toBe('action_unused');
  });

  it('has the name of its file where it has no other, cut to what a column takes', () => {
    const named = (name: string | null) =>
      eventsOf('workflow_run', aWorkflowRunPayload({ name }, { workflow: null }))[0]?.data['workflow'];
    expect(named(null)).toBe('.github/workflows/build.yml');
    expect(named(`${'w'.repeat(255)}😀`)).toHaveLength(256);
  });
});

describe('translateDelivery', () => {
  it.each([
    ['ping', { zen: 'Keep it logically awesome.' }, 'ping'],
    ['issues', { action: 'opened' }, 'event_unused'],
  ])('makes no event of %s', (event, payload, reason) => {
    expect(ignoredOf(event, payload)).toBe(reason);
  });

  it.each([
    ['pull_request', null, ''],
    ['pull_request', [], ''],
    ['pull_request', { ...aPullRequestPayload(), repository: undefined }, '/repository'],
    ['pull_request', aPullRequestPayload({ number: 'x' }), '/pull_request/number'],
    ['push', { ...aPushPayload([]), commits: [{}] }, '/commits/0/id'],
    ['workflow_run', aWorkflowRunPayload({ id: -1 }), '/workflow_run/id'],
  ])('refuses a %s that is not one', (event, payload, pointer) => {
    expect(faultOf(() => translateDelivery(event, payload))).toMatchObject({
      code: 'payload_invalid',
      status: 400,
      pointer,
    });
  });
});

function faultOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
