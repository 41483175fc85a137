import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventBlock } from './event-store.js';

/**
 * The inserts under way, on disk. A process that dies in the middle of an insert may leave rows in the raw table that
 * no aggregate has seen; the same block under the same token, sent again at the next start, completes them.
 */
export interface InsertJournal {
  /** Resolves when the block would survive the end of this process. */
  write(block: EventBlock): Promise<void>;
  remove(block: EventBlock): Promise<void>;
  /** What was written and not removed, oldest first. */
  listUnfinished(): Promise<readonly EventBlock[]>;
}

const suffix = '.ndjson';

export async function openInsertJournal(folder: string): Promise<InsertJournal> {
  await mkdir(folder, { recursive: true });
  const pathOf = (token: string): string => join(folder, `${token}${suffix}`);

  return {
    async write(block) {
      // A name that ends in .ndjson is always a whole file.
      const partial = `${pathOf(block.token)}.partial`;
      await writeFile(partial, block.ndjson);
      await rename(partial, pathOf(block.token));
    },
    async remove(block) {
      await unlink(pathOf(block.token));
    },
    async listUnfinished() {
      const names = (await readdir(folder)).filter((name) => name.endsWith(suffix)).sort();
      const blocks: EventBlock[] = [];
      for (const name of names) {
        blocks.push({ token: name.slice(0, -suffix.length), ndjson: await readFile(join(folder, name)) });
      }
      return blocks;
    },
  };
}
