import type { TenantProfile } from './profile.js';
import type { Timeline } from './timeline.js';

/** One tenant and all that ever happens there. */
export interface Lane {
  readonly profile: TenantProfile;
  readonly timeline: Timeline;
}

export interface SimulatorProgress {
  /** Events handed over in this call so far. */
  readonly events: number;
  /** Everything before this instant is safe: keep it, and give it back as `resumeFromMs` after a restart. */
  readonly completeUntilMs: number;
  /** Where this call ends, or for live traffic: now. */
  readonly untilMs: number;
}
