import { z } from 'zod';

// The parts of GitHub's webhook payloads that are looked at. Everything else is let pass unread.

const time = z.string();
const account = z.looseObject({ login: z.string(), type: z.string().optional() });

const repository = z.looseObject({
  html_url: z.url(),
  full_name: z.string().min(1),
  default_branch: z.string(),
  language: z.string().nullish(),
  /** Seconds since 1970 in a push, a text elsewhere. */
  pushed_at: z.union([z.number(), z.string()]).nullish(),
});
export type GithubRepository = z.infer<typeof repository>;

const count = z.number().nullish();

export const pullRequestPayload = z.looseObject({
  action: z.string(),
  repository,
  pull_request: z.looseObject({
    number: z.int().positive(),
    title: z.string(),
    body: z.string().nullish(),
    merged: z.boolean().nullish(),
    created_at: time,
    merged_at: time.nullish(),
    user: account.nullish(),
    merged_by: account.nullish(),
    labels: z.array(z.looseObject({ name: z.string() })).nullish(),
    base: z.looseObject({ ref: z.string() }),
    draft: z.boolean().nullish(),
    additions: count,
    deletions: count,
    changed_files: count,
    commits: count,
    comments: count,
    review_comments: count,
  }),
});
export type PullRequestPayload = z.infer<typeof pullRequestPayload>;

export const pushPayload = z.looseObject({
  ref: z.string(),
  repository,
  head_commit: z.looseObject({ message: z.string() }).nullish(),
  commits: z.array(z.looseObject({ id: z.string(), message: z.string(), timestamp: time })).default([]),
});
export type PushPayload = z.infer<typeof pushPayload>;

export const workflowRunPayload = z.looseObject({
  action: z.string(),
  repository,
  workflow: z.looseObject({ name: z.string().nullish() }).nullish(),
  workflow_run: z.looseObject({
    id: z.int().positive(),
    name: z.string().nullish(),
    path: z.string().nullish(),
    run_attempt: z.int().positive().default(1),
    run_number: z.int().nullish(),
    event: z.string().nullish(),
    conclusion: z.string().nullish(),
    head_branch: z.string().nullish(),
    run_started_at: time.nullish(),
    created_at: time,
    updated_at: time,
    actor: account.nullish(),
    triggering_actor: account.nullish(),
  }),
});
export type WorkflowRunPayload = z.infer<typeof workflowRunPayload>;
