import type { RegisterEntry } from '../platform/erasure-register.js';
import {
  isPseudonym,
  suppressionDigest,
  type SubjectJob,
  type SubjectStore,
  type SuppressionStore,
} from '../platform/subjects.js';
import type { NamedSubject } from './subject-operations.js';

export interface EraseAgainOptions {
  readonly stores: readonly Pick<SubjectStore, 'listNames'>[];
  readonly suppressions: Pick<SuppressionStore, 'suppress' | 'lift' | 'listErased'>;
  readonly tenantIds: readonly string[];
  readonly getUserSalt: (tenantId: string) => Promise<string>;
  readonly pseudonymOf: (text: string, salt: string) => string;
  /** Resolves when the erasure has ended. Must not put the person on the list. */
  readonly erase: (subject: NamedSubject) => Promise<SubjectJob>;
}

export interface EraseAgainWish {
  /** Oldest first. */
  readonly entries: readonly RegisterEntry[];
  /** The moment of the backup: who was erased since is erased again, even if taken in again later. ISO-8601. */
  readonly since: string | undefined;
}

export interface EraseAgainReport {
  readonly tenants: readonly {
    readonly tenant: string;
    /** On the list, or erased since. */
    readonly people: number;
    /** Of these, those of whom something had come back. */
    readonly jobs: readonly SubjectJob[];
  }[];
  /** Entries about tenants that the backup does not have. */
  readonly entriesOfOthers: number;
}

/**
 * Makes what was done about people since a backup true for what was restored: the list of suppressions is brought up to the
 * register, and whoever was erased is found by the names that are there, since the list tells whether a name is meant and no
 * name. Safe to repeat.
 */
export async function eraseAgain(
  options: EraseAgainOptions,
  { entries, since }: EraseAgainWish,
): Promise<EraseAgainReport> {
  const tenants: EraseAgainReport['tenants'][number][] = [];
  for (const tenant of options.tenantIds) {
    const own = entries.filter(({ tenantId }) => tenantId === tenant);
    await bringUpToDate(options.suppressions, own);
    const wanted = new Set(await options.suppressions.listErased(tenant));
    for (const { at, change, digest } of own)
      if (change === 'erased' && since !== undefined && Date.parse(at) >= Date.parse(since))
        wanted.add(digest);
    const jobs: SubjectJob[] = [];
    for (const subject of await findSubjects(options, tenant, wanted))
      jobs.push(await options.erase(subject));
    if (wanted.size > 0) tenants.push({ tenant, people: wanted.size, jobs });
  }
  const known = new Set(options.tenantIds);
  return { tenants, entriesOfOthers: entries.filter(({ tenantId }) => !known.has(tenantId)).length };
}

async function bringUpToDate(
  suppressions: EraseAgainOptions['suppressions'],
  entries: readonly RegisterEntry[],
): Promise<void> {
  for (const { change, digest, tenantId } of entries) {
    if (change === 'opted-in') await suppressions.lift(tenantId, digest);
    else await suppressions.suppress(tenantId, digest, change);
  }
}

/** A person as they were sent finds more than a pseudonym does. */
async function findSubjects(
  { getUserSalt, pseudonymOf, stores }: EraseAgainOptions,
  tenantId: string,
  wanted: ReadonlySet<string>,
): Promise<Iterable<NamedSubject>> {
  const found = new Map<string, NamedSubject>();
  if (wanted.size === 0) return found.values();
  const salt = await getUserSalt(tenantId);
  const look = (name: string): void => {
    const isHidden = isPseudonym(name);
    const pseudonym = isHidden ? name : pseudonymOf(name, salt);
    const digest = suppressionDigest(salt, { tenantId, pseudonym });
    if (wanted.has(digest) && !(isHidden && found.has(digest)))
      found.set(digest, { tenantId, userId: name, pseudonym, digest });
  };
  for (const store of stores) for await (const name of store.listNames(tenantId)) look(name);
  return found.values();
}
