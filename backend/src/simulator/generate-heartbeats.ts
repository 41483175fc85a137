import { routes } from './catalogue.js';
import { recordRequest } from './generate-api.js';
import type { TenantProfile } from './profile.js';
import { createRecorder, type EventDraft } from './recorder.js';

export interface HeartbeatPlan {
  readonly tenants: readonly TenantProfile[];
  readonly seed: string;
  /** For all tenants together. 0 is none. */
  readonly perSecond: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Heartbeat {
  readonly tenantId: string;
  readonly draft: EventDraft;
}

/**
 * The heartbeats of open editors in [fromMs, toMs), by time: one in each step of a fixed grid, the tenants in turn.
 * They have no user, so they move no count of people. The same grid gives the same events.
 */
export function heartbeatsBetween(plan: HeartbeatPlan): readonly Heartbeat[] {
  const beats: Heartbeat[] = [];
  if (plan.perSecond <= 0 || plan.tenants.length === 0) return beats;
  const stepMs = Math.max(1, Math.round(1_000 / plan.perSecond));
  const last = Math.ceil(plan.toMs / stepMs);
  for (let step = Math.floor(plan.fromMs / stepMs); step < last; step += 1) {
    const profile = plan.tenants[step % plan.tenants.length];
    if (profile !== undefined) beats.push(...beatsOf(plan, profile, step, stepMs));
  }
  return beats;
}

function beatsOf(plan: HeartbeatPlan, profile: TenantProfile, step: number, stepMs: number): Heartbeat[] {
  const drafts: EventDraft[] = [];
  const recorder = createRecorder({
    streamKey: `${plan.seed}/${profile.id}/heartbeat/${stepMs}/${step}`,
    sourceOf: (domain) => `/tenants/${profile.id}/${domain}`,
    drafts,
  });
  const atMs = step * stepMs + Math.floor(recorder.random.next() * stepMs);
  recordRequest(recorder, routes.heartbeat, atMs, {});
  return drafts
    .filter((draft) => draft.atMs >= plan.fromMs && draft.atMs < plan.toMs)
    .map((draft) => ({ tenantId: profile.id, draft }));
}
