import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** How far an import has come. Everything before `offset` is stored or was rejected. */
const importStateSchema = z.object({
  version: z.literal(1),
  offset: z.int(),
  line: z.int(),
  read: z.int(),
  accepted: z.int(),
  duplicates: z.int().nullable(),
  rejected: z.int(),
  /** Length of the list of rejections at that point. */
  rejectedFileBytes: z.int(),
});
export type ImportState = z.infer<typeof importStateSchema>;

export const freshState: ImportState = {
  version: 1,
  offset: 0,
  line: 0,
  read: 0,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  rejectedFileBytes: 0,
};

/** What makes two imports the same one. */
export interface ImportIdentity {
  readonly tenantId: string;
  readonly path: string;
  readonly format: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The first bytes of the file. */
  readonly head: Buffer;
}

/** Remembers how far an import has come, so that an interrupted one goes on and a finished one starts anew. */
export interface ImportStateStore {
  find(): Promise<ImportState | undefined>;
  /** Replaces the state whole: a crash leaves the old or the new one. */
  put(state: ImportState): Promise<void>;
  remove(): Promise<void>;
}

export function createImportStateStore(folder: string, identity: ImportIdentity): ImportStateStore {
  const { tenantId, path, format, sizeBytes, modifiedMs, head } = identity;
  const facts = JSON.stringify([tenantId, path, format, sizeBytes, modifiedMs]);
  const key = createHash('sha256').update(facts).update(head).digest('hex').slice(0, 32);
  const file = join(folder, `${key}.state.json`);
  return {
    async find() {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      return importStateSchema.safeParse(parseJson(text)).data;
    },
    async put(state) {
      await mkdir(folder, { recursive: true });
      await writeFile(`${file}.new`, JSON.stringify(state));
      await rename(`${file}.new`, file);
    },
    async remove() {
      await rm(file, { force: true });
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
