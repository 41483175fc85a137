import type { DeadLetterReplay, ReplayAllQuery } from '../messaging/dead-letter-replay.js';
import { createUnknownLetterError, type DeadLetterQuery } from '../platform/dead-letter-requests.js';
import {
  everyTenant,
  type DeadLetterPage,
  type DeadLetterReader,
  type DeadLetterView,
  type LetterScope,
  type ReplayReport,
} from '../platform/dead-letters.js';

/** Whose letters: a tenant by its id or name, or those of all and of nobody when left out. */
interface OfTenant {
  readonly tenant?: string | undefined;
}

/** What can be seen of dead letters. Throws `AppError` `tenant_unknown`, `dead_letter_unknown`. */
export interface DeadLetterLookups {
  /** The newest first. */
  listDeadLetters(query: DeadLetterQuery & OfTenant): Promise<DeadLetterPage>;
  getDeadLetter(id: string, options: OfTenant): Promise<DeadLetterView>;
}

/** Feeds dead letters through again, as `DeadLetterReplay` promises. */
export interface DeadLetterReplays {
  replayDeadLetter(id: string, options: OfTenant & { readonly dryRun: boolean }): Promise<ReplayReport>;
  replayDeadLetters(query: ReplayAllQuery & OfTenant & { readonly dryRun: boolean }): Promise<ReplayReport>;
}

/** The id of a tenant that is named by its id or by its name. Throws `AppError` `tenant_unknown`. */
type GetTenantId = (idOrName: string) => Promise<string>;

export function createDeadLetterLookups(
  letters: DeadLetterReader,
  getTenantId: GetTenantId,
): DeadLetterLookups {
  return {
    async listDeadLetters({ tenant, limit, cursor, ...filter }) {
      const scope = await scopeOf(tenant, getTenantId);
      return letters.list(scope, filter, { limit, cursor, order: 'newest' });
    },
    async getDeadLetter(id, { tenant }) {
      const letter = await letters.find(await scopeOf(tenant, getTenantId), id);
      if (letter === undefined) throw createUnknownLetterError(id);
      return letter;
    },
  };
}

export function createDeadLetterReplays(
  replay: DeadLetterReplay,
  getTenantId: GetTenantId,
): DeadLetterReplays {
  return {
    replayDeadLetter: async (id, { tenant, dryRun }) =>
      replay.replayOne(await scopeOf(tenant, getTenantId), id, { dryRun }),
    replayDeadLetters: async ({ tenant, dryRun, ...query }) =>
      replay.replayAll(await scopeOf(tenant, getTenantId), query, { dryRun }),
  };
}

async function scopeOf(tenant: string | undefined, getTenantId: GetTenantId): Promise<LetterScope> {
  return tenant === undefined ? everyTenant : getTenantId(tenant);
}
