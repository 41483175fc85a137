import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventBlock } from './event-store.js';

/**
 * The inserts under way, on disk. A process that dies in the middle of an insert may leave rows in the raw table that
 * no aggregate has seen; the same block under the same token, sent again at the next start, completes them.
 */
export interface InsertJournal {
  /** Resolves when the block would survive the end of this process. */
  write(block: EventBlock): Promise<void>;
  /** Forgets the block. One that is not there is no error. */
  remove(block: EventBlock): Promise<void>;
  /** What was written and not removed, oldest first. */
  listUnfinished(): Promise<readonly EventBlock[]>;
}

const suffix = '.ndjson';
const partialSuffix = `${suffix}.partial`;

/**
 * Up to here a block is written at once, in a tenth of a millisecond. On a busy machine each of the turns through the pool of
 * threads costs milliseconds, and there are four.
 */
const smallBytesMax = 64 * 1_024;

const isSmall = ({ ndjson }: EventBlock): boolean => ndjson.length <= smallBytesMax;

export async function openInsertJournal(folder: string): Promise<InsertJournal> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.endsWith(partialSuffix)) await rm(join(folder, name));
  }

  async function writeWhole(path: string, ndjson: Buffer): Promise<void> {
    // A name that ends in .ndjson is always a whole file.
    const partial = `${path}.partial`;
    try {
      await writeFile(partial, ndjson);
      await rename(partial, path);
    } catch (error) {
      // On a full disk the half that was written would only make it worse.
      await rm(partial, { force: true }).catch(() => undefined);
      throw error;
    }
  }
  function writeSmall(path: string, ndjson: Buffer): void {
    const partial = `${path}.partial`;
    try {
      writeFileSync(partial, ndjson);
      renameSync(partial, path);
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }
  const pathOf = (token: string): string => join(folder, `${token}${suffix}`);

  return {
    async write(block) {
      if (isSmall(block)) writeSmall(pathOf(block.token), block.ndjson);
      else await writeWhole(pathOf(block.token), block.ndjson);
    },
    async remove(block) {
      if (isSmall(block)) rmSync(pathOf(block.token), { force: true });
      else await rm(pathOf(block.token), { force: true });
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
