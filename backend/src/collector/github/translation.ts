import type { GithubEvent } from './cloud-event.js';

/** Why a delivery that was understood makes no event. */
export type IgnoredReason =
  | 'ping'
  | 'event_unused'
  | 'action_unused'
  | 'not_merged'
  | 'branch_unused'
  | 'nothing_reverted'
  | 'not_run'
  | 'conclusion_unknown';

/** What a delivery of GitHub says to us. */
export type Translation = { readonly events: readonly GithubEvent[] } | { readonly ignored: IgnoredReason };
