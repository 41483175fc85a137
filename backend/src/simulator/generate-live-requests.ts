import { routes } from './catalogue.js';
import { recordRequest } from './generate-api.js';
import type { TenantProfile } from './profile.js';
import { createRecorder, type EventDraft } from './recorder.js';

/** About the natural mix, so that latency and error rates stay what they are when more requests are asked for. */
const routeMix = [
  { route: routes.completion, weight: 15 },
  { route: routes.readRun, weight: 14 },
  { route: routes.webhook, weight: 8 },
  { route: routes.startRun, weight: 6 },
  { route: routes.openSession, weight: 5 },
  { route: routes.profile, weight: 5 },
  { route: routes.listRuns, weight: 5 },
  { route: routes.search, weight: 5 },
] as const;

export interface LiveRequestsPlan {
  readonly tenants: readonly TenantProfile[];
  readonly seed: string;
  /** For all tenants together. 0 is none. */
  readonly perSecond: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LiveRequest {
  readonly tenantId: string;
  readonly draft: EventDraft;
}

/**
 * API requests in [fromMs, toMs) beyond the natural traffic: one in each step of a fixed grid, the tenants in turn.
 * They have no user, so they move no count of people. The same rate gives the same events, however it is sliced.
 */
export function liveRequestsBetween(plan: LiveRequestsPlan): readonly LiveRequest[] {
  const requests: LiveRequest[] = [];
  if (plan.perSecond <= 0 || plan.tenants.length === 0) return requests;
  const stepMs = 1_000 / plan.perSecond;
  // Times are whole milliseconds: one step more on either side finds what rounding moved across the edge.
  const last = Math.ceil(plan.toMs / stepMs) + 1;
  for (let step = Math.floor(plan.fromMs / stepMs) - 1; step < last; step += 1) {
    const profile = plan.tenants[step % plan.tenants.length];
    if (profile !== undefined) requests.push(...requestsOf(plan, profile, step, stepMs));
  }
  return requests;
}

function requestsOf(
  plan: LiveRequestsPlan,
  profile: TenantProfile,
  step: number,
  stepMs: number,
): LiveRequest[] {
  const drafts: EventDraft[] = [];
  const recorder = createRecorder({
    streamKey: `${plan.seed}/${profile.id}/live/${plan.perSecond}/${step}`,
    sourceOf: (domain) => `/tenants/${profile.id}/${domain}`,
    drafts,
  });
  const atMs = Math.round((step + recorder.random.next()) * stepMs);
  if (atMs < plan.fromMs || atMs >= plan.toMs) return [];
  recordRequest(recorder, recorder.random.pickWeighted(routeMix).route, atMs, {});
  return drafts.map((draft) => ({ tenantId: profile.id, draft }));
}
