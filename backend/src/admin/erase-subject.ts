import type { ControlSubjects, ErasureProof, Subject, SubjectStore, Traces } from '../platform/subjects.js';

export interface ErasureStores {
  readonly control: ControlSubjects;
  /** By name, as the proof shows them. */
  readonly events: Readonly<Record<string, SubjectStore>>;
}

export interface ErasureOptions {
  readonly stores: ErasureStores;
  /** Everything accepted before is stored. Epoch milliseconds. */
  readonly storedUntil: () => number;
  /** How long a collector may go on with a list that it read earlier. */
  readonly doorMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const pauseMs = 1_000;
const drainMsMax = 900_000;
const passesMax = 5;
/** Values of dimensions are in reports, whose files can't be searched. */
const dimensionTables = [
  'rollups_v1',
  'activity_per_quarter_v1',
  'api_requests_per_quarter_v1',
  'dimension_values_v1',
];

export type Erasure =
  | { readonly isDone: true; readonly proof: ErasureProof }
  | {
      readonly isDone: false;
      readonly code: string;
      readonly reason: string;
      readonly proof: ErasureProof | null;
    };

/**
 * Takes a person out of every store, who is not taken in any more. Waits for what was accepted before, then passes over all
 * of it until a pass finds nothing, and looks once more. Safe to begin again after whatever end.
 */
export async function runErasure(
  options: ErasureOptions,
  subject: Subject,
  { compact }: { readonly compact: boolean },
): Promise<Erasure> {
  const { now, stores } = options;
  const closedAt = now() + options.doorMs;
  if (!(await waitForStored(options, closedAt))) {
    const reason = 'What was accepted before is still not stored. Look at the processors, and ask again.';
    return { isDone: false, code: 'erasure_waits', reason, proof: null };
  }
  const all: NamedStores = { ...stores.events, control: stores.control };
  const { changed, passes } = await passUntilClean(all, subject);
  if (dimensionTables.some((table) => Object.values(changed).some((traces) => table in traces))) {
    const reports = await stores.control.removeReports(subject.tenantId);
    changed['control'] = addTraces(changed['control'] ?? {}, { reports });
  }
  if (compact) for (const store of Object.values(all)) await store.compact();
  const left = await findLeft(all, subject);
  const storedUntil = new Date(closedAt).toISOString();
  return judge({ storedUntil, passes, changed, left, compacted: compact });
}

type NamedStores = Readonly<Record<string, SubjectStore>>;

async function passUntilClean(
  all: NamedStores,
  subject: Subject,
): Promise<{ readonly changed: Record<string, Traces>; readonly passes: number }> {
  const changed: Record<string, Traces> = {};
  for (let passes = 1; ; passes += 1) {
    let isClean = true;
    for (const [name, store] of Object.entries(all)) {
      const traces = await store.erase(subject);
      isClean &&= Object.keys(traces).length === 0;
      changed[name] = addTraces(changed[name] ?? {}, traces);
    }
    if (isClean || passes >= passesMax) return { changed, passes };
  }
}

async function findLeft(all: NamedStores, subject: Subject): Promise<Record<string, Traces>> {
  const left: Record<string, Traces> = {};
  for (const [name, store] of Object.entries(all)) {
    const traces = await store.findTraces(subject);
    if (Object.keys(traces).length > 0) left[name] = traces;
  }
  return left;
}

function judge(proof: ErasureProof): Erasure {
  const tables = Object.values(proof.left).flatMap((traces) => Object.keys(traces));
  if (tables.length === 0) return { isDone: true, proof };
  const hint = tables.includes('schedules')
    ? ' A schedule names the person: change whom it sends to, or remove it, and ask again.'
    : ' Ask again.';
  return {
    isDone: false,
    code: 'erasure_incomplete',
    reason: `Something is left in ${tables.join(', ')}.${hint}`,
    proof,
  };
}

async function waitForStored(options: ErasureOptions, closedAt: number): Promise<boolean> {
  const deadline = closedAt + drainMsMax;
  await options.sleep(options.doorMs);
  while (options.storedUntil() < closedAt) {
    if (options.now() > deadline) return false;
    await options.sleep(pauseMs);
  }
  return true;
}

function addTraces(known: Traces, more: Traces): Traces {
  const sums = { ...known };
  for (const [table, rows] of Object.entries(more)) if (rows > 0) sums[table] = (sums[table] ?? 0) + rows;
  return sums;
}
