// Deliveries as GitHub documents them, cut to a readable size: what is left out here is let pass unread.

type Json = Readonly<Record<string, unknown>>;

const repository = {
  id: 35_129_377,
  name: 'shop',
  full_name: 'acme/shop',
  private: true,
  html_url: 'https://github.com/acme/shop',
  language: 'TypeScript',
  default_branch: 'main',
  pushed_at: '2026-06-15T09:59:58Z',
};
const ada = { login: 'ada', id: 6_752_317, type: 'User', site_admin: false };
const grace = { login: 'grace', id: 21_031_067, type: 'User', site_admin: false };

/** `pull_request`, by default closed and merged. */
export function aPullRequestPayload(change: Json = {}, top: Json = {}): Json {
  return {
    action: 'closed',
    number: 42,
    pull_request: {
      id: 279_147_437,
      html_url: 'https://github.com/acme/shop/pull/42',
      number: 42,
      state: 'closed',
      title: 'Round prices half up',
      body: 'See the ticket.',
      user: ada,
      created_at: '2026-06-15T08:00:00Z',
      updated_at: '2026-06-15T10:00:00Z',
      closed_at: '2026-06-15T10:00:00Z',
      merged_at: '2026-06-15T10:00:00Z',
      merge_commit_sha: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      labels: [
        { id: 1, name: 'bug', color: 'd73a4a' },
        { id: 2, name: 'pricing', color: 'ededed' },
      ],
      draft: false,
      head: { label: 'acme:ada/rounding', ref: 'ada/rounding', sha: 'a'.repeat(40) },
      base: { label: 'acme:main', ref: 'main', sha: 'b'.repeat(40) },
      merged: true,
      merged_by: grace,
      comments: 1,
      review_comments: 3,
      commits: 2,
      additions: 120,
      deletions: 30,
      changed_files: 5,
      ...change,
    },
    repository,
    sender: grace,
    ...top,
  };
}

/** `push` of the commits, by default to the default branch. */
export function aPushPayload(messages: readonly string[], top: Json = {}): Json {
  const commits = messages.map((message, index) => ({
    id: String(index).padStart(40, '1'),
    distinct: true,
    message,
    timestamp: '2026-06-15T11:55:00+02:00',
    author: { name: 'Ada', email: 'ada@acme.example', username: 'ada' },
    added: [],
    removed: [],
    modified: ['price.ts'],
  }));
  return {
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: commits.at(-1)?.id,
    repository: { ...repository, pushed_at: Date.parse('2026-06-15T10:00:00Z') / 1_000 },
    pusher: { name: 'ada', email: 'ada@acme.example' },
    commits,
    head_commit: commits.at(-1) ?? null,
    ...top,
  };
}

/** `workflow_run`, by default completed with success on the default branch. */
export function aWorkflowRunPayload(run: Json = {}, top: Json = {}): Json {
  return {
    action: 'completed',
    workflow_run: {
      id: 30_433_642,
      name: 'Build',
      path: '.github/workflows/build.yml',
      head_branch: 'main',
      run_number: 562,
      run_attempt: 1,
      event: 'push',
      status: 'completed',
      conclusion: 'success',
      workflow_id: 159_038,
      created_at: '2026-06-15T09:50:00Z',
      updated_at: '2026-06-15T10:00:00Z',
      run_started_at: '2026-06-15T09:55:00Z',
      actor: ada,
      triggering_actor: grace,
      ...run,
    },
    workflow: { id: 159_038, name: 'Build', path: '.github/workflows/build.yml', state: 'active' },
    repository,
    sender: grace,
    ...top,
  };
}
