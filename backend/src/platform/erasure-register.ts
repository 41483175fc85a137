import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from './errors.js';
import type { SuppressionStore } from './subjects.js';

/** A change of the list of suppressions, which names nobody: the digest is keyed with the tenant's salt. */
const entrySchema = z.object({
  at: z.iso.datetime(),
  tenantId: z.string(),
  digest: z.string(),
  change: z.enum(['erased', 'opted-out', 'opted-in']),
});
export type RegisterEntry = z.infer<typeof entrySchema>;

/**
 * The same list again, in a file apart from the stores and their backups: a store that is brought back as it was forgets who
 * was erased since. A JSON object a line, only ever longer.
 */
export interface ErasureRegister {
  /** Resolves when it is on disk. Throws `AppError` `register_unwritable`: what it is about must not be said to be done. */
  note(entry: RegisterEntry): Promise<void>;
  /** Oldest first; nothing, where there is no file yet. Throws `AppError` `register_unreadable` with the line. */
  read(): Promise<readonly RegisterEntry[]>;
}

export function createErasureRegister(path: string): ErasureRegister {
  return {
    async note(entry) {
      try {
        // Behind what was written before, also by another process.
        const file = await open(path, 'a', 0o600);
        try {
          await file.write(`${JSON.stringify(entry)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (cause) {
        const reason = `The register of erasures ${path} can't be written. Nothing was changed.`;
        throw new AppError('register_unwritable', reason, { status: 503, retryable: true, cause });
      }
    },
    async read() {
      const lines = (await readText(path)).split('\n');
      // Whoever was killed while writing did not say that it was done.
      lines.pop();
      return lines.map((line, index) => parseLine(line, path, index + 1));
    },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new AppError('register_unreadable', `The register of erasures ${path} can't be read.`, {
      status: 500,
      cause,
    });
  }
}

function parseLine(line: string, path: string, number: number): RegisterEntry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new AppError('register_unreadable', `Line ${number} of ${path} is no entry of the register.`, {
      status: 500,
      cause,
    });
  }
}

/** Notes each change before it is made: one that is noted and not made is made later, the other way it would be forgotten. */
export function noteSuppressions(
  store: SuppressionStore,
  { now, register }: { readonly register: Pick<ErasureRegister, 'note'>; readonly now: () => Date },
): SuppressionStore {
  const note = (tenantId: string, digest: string, change: RegisterEntry['change']): Promise<void> =>
    register.note({ at: now().toISOString(), tenantId, digest, change });
  return {
    ...store,
    async suppress(tenantId, digest, reason) {
      await note(tenantId, digest, reason);
      await store.suppress(tenantId, digest, reason);
    },
    async lift(tenantId, digest) {
      await note(tenantId, digest, 'opted-in');
      await store.lift(tenantId, digest);
    },
  };
}
