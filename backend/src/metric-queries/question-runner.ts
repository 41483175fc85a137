import type { TenantLimits } from '../platform/tenant-limits.js';
import type { Tenant } from '../platform/tenancy.js';
import { withDeadline } from './deadline.js';
import type { QuerySlots } from './query-slots.js';
import type { SharedFlights } from './shared-flights.js';

export interface QuestionRunnerOptions {
  readonly slots: QuerySlots;
  readonly flights: SharedFlights;
  readonly queryTimeoutMs: number;
  /** Throws what refuses a tenant for now; else says how much it may do at once. Without it nobody is refused. */
  readonly admit?: ((tenantId: string) => Promise<Pick<TenantLimits, 'queriesInFlight'>>) | undefined;
}

/** One execution for equal questions of a tenant when a slot is free, and from then on within the time limit. */
export type RunQuestion = <T>(
  tenant: Tenant,
  question: unknown,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

export function createQuestionRunner(options: QuestionRunnerOptions): RunQuestion {
  return async (tenant, question, signal, run) => {
    const itsMax = (await options.admit?.(tenant.id))?.queriesInFlight;
    const key = JSON.stringify([tenant.id, tenant.timeZone, question]);
    const answer = await options.flights.share(key, signal, (shared) =>
      // Time in the line is nobody's fault who asks: it has its own bound, and says so.
      options.slots.run(tenant.id, () => withDeadline(options.queryTimeoutMs, shared, run), shared, itsMax),
    );
    options.slots.noteAnswered(tenant.id);
    return answer;
  };
}
