import { setImmediate as turn } from 'node:timers/promises';
import type { EventEnvelope, RejectedEvent } from '@coditect/contracts';
import type { EventBus, PublishReceipt } from '../messaging/event-bus.js';
import { AppError } from '../platform/errors.js';
import { noRedaction, type Redaction } from '../platform/redaction.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { Tenant } from '../platform/tenancy.js';
import type { Candidate } from './candidate.js';
import { checkEvent, type CheckContext } from './check-event.js';
import type { CollectorLimits } from './limits.js';
import { erasedText } from '../platform/subjects.js';
import { createFieldTreatments } from './personal-fields.js';
import { createPseudonyms, hideSuppressed } from './pseudonyms.js';
import { stampEvent, type StampContext } from './stamp-event.js';

export interface IntakeOptions {
  readonly bus: Pick<EventBus, 'publish'>;
  /** The secret of a tenant with which its user ids are pseudonymised. Asked for once a batch. */
  readonly getUserSalt: (tenantId: string) => Promise<string>;
  /** Digests of the people of a tenant of whom nothing is taken in; nobody, when left out. Asked for once a batch. */
  readonly listSuppressed?: (tenantId: string) => Promise<ReadonlySet<string>>;
  /** Rules of a tenant about its fields; none, when left out. Asked for once a batch. */
  readonly getRedaction?: (tenantId: string) => Promise<Redaction>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 1 to 2^32 - 1, at random. */
  readonly drawAcceptance: () => number;
  readonly limits: CollectorLimits;
  readonly telemetry: Pick<Telemetry, 'received' | 'sent' | 'dropped'>;
  /** Told how many events of a tenant are safe now. */
  readonly onAccepted?: (tenantId: string, events: number) => void;
}

export interface IntakeResult {
  /** Events that are safe now, duplicates among them. */
  readonly accepted: number;
  /** Events of people of whom nothing is taken in: left out on purpose, neither accepted nor at fault. */
  readonly suppressed: number;
  /** How many of the accepted were stored already; `null` where a broker stands between. */
  readonly duplicates: number | null;
  readonly rejected: RejectedEvent[];
}

/**
 * The one way in for events, whoever brings them: HTTP, the importer, the simulator.
 *
 * `accept` checks each candidate by itself, pseudonymises users, stamps what is good with the tenant, and resolves
 * once the event bus holds it safely. A bad candidate is in `rejected` and costs its neighbours nothing. Events that
 * were stored before count as accepted; publishing them again changes nothing. All candidates go to the bus as one
 * batch: a caller with many cuts them, into `limits.batchEventsMax` or whatever the stores like best.
 *
 * Rejects with `AppError` and 503, `retryable`, when nothing can be promised; the same batch may then be sent again.
 */
export interface Intake {
  accept(tenant: Tenant, candidates: readonly Candidate[]): Promise<IntakeResult>;
}

const COMPONENT = 'collector';
const nobody: ReadonlySet<string> = new Set();
const RETRY_AFTER_SECONDS = 2;

export function createIntake(options: IntakeOptions): Intake {
  const { telemetry } = options;
  const { listSuppressed = () => Promise.resolve(nobody) } = options;
  const { getRedaction = () => Promise.resolve(noRedaction) } = options;
  const pseudonymsOf = createPseudonyms();
  const treatmentOf = createFieldTreatments();

  function count(rejected: readonly RejectedEvent[], dropped: Readonly<Record<string, number>>): void {
    for (const { code } of rejected) telemetry.dropped.inc({ component: COMPONENT, reason: code });
    for (const [reason, attributes] of Object.entries(dropped))
      if (attributes > 0) telemetry.dropped.inc({ component: 'collector.attributes', reason }, attributes);
  }

  return {
    async accept(tenant, candidates) {
      telemetry.received.inc({ component: COMPONENT }, candidates.length);
      const [salt, suppressed, rules] = await orUnavailable('control_unavailable', () =>
        Promise.all([options.getUserSalt(tenant.id), listSuppressed(tenant.id), getRedaction(tenant.id)]),
      );
      const nowMs = options.now();
      const dropped = { content: 0, redacted: 0 };
      const checked = await checkAll(
        candidates,
        { limits: options.limits, nowMs },
        {
          tenantId: tenant.id,
          receivedAt: nowMs,
          acceptance: options.drawAcceptance(),
          pseudonymise: hideSuppressed(pseudonymsOf(salt), { salt, tenantId: tenant.id, suppressed }),
          treatmentOf,
          rules,
          onDropped: (reason) => {
            dropped[reason] += 1;
          },
        },
      );
      const { rejected } = checked;
      const envelopes = checked.envelopes.filter(({ userId }) => userId !== erasedText);
      const suppressedEvents = checked.envelopes.length - envelopes.length;
      tellRepeatsApart(envelopes, options.drawAcceptance);
      const receipt: PublishReceipt =
        envelopes.length === 0
          ? { duplicates: 0 }
          : await orUnavailable('bus_unavailable', () => options.bus.publish(envelopes));
      count(rejected, dropped);
      if (suppressedEvents > 0)
        telemetry.dropped.inc({ component: COMPONENT, reason: 'suppressed' }, suppressedEvents);
      telemetry.sent.inc({ component: COMPONENT }, envelopes.length);
      options.onAccepted?.(tenant.id, envelopes.length);
      return {
        accepted: envelopes.length,
        suppressed: suppressedEvents,
        duplicates: receipt.duplicates,
        rejected,
      };
    },
  };
}

/** A few milliseconds of work: who sends few events does not wait for the whole batch of another. */
const eventsPerTurn = 100;

async function checkAll(
  candidates: readonly Candidate[],
  checks: CheckContext,
  stamps: StampContext,
): Promise<{ envelopes: EventEnvelope[]; rejected: RejectedEvent[] }> {
  const envelopes: EventEnvelope[] = [];
  const rejected: RejectedEvent[] = [];
  for (const [index, candidate] of candidates.entries()) {
    if (index > 0 && index % eventsPerTurn === 0) await turn();
    if ('rejection' in candidate) {
      rejected.push({ index: candidate.index, ...candidate.rejection });
      continue;
    }
    const checked = checkEvent(candidate.event, checks);
    if (checked.ok) envelopes.push(stampEvent(checked.value, stamps));
    else rejected.push({ index: candidate.index, ...checked.rejection });
  }
  return { envelopes, rejected };
}

/** An event that is in a batch twice was taken in twice. */
function tellRepeatsApart(envelopes: EventEnvelope[], drawAcceptance: () => number): void {
  const seen = new Set<string>();
  for (const envelope of envelopes) {
    if (seen.has(envelope.eventId)) envelope.acceptance = drawAcceptance();
    seen.add(envelope.eventId);
  }
}

/** A neighbour that fails is no fault of the sender: it is told to come again. */
async function orUnavailable<T>(code: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(code, 'The events are not stored. Send the same request again.', {
      status: 503,
      retryable: true,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  }
}
