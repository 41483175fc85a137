import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInsertJournal } from './insert-journal.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-journal-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('insert journal', () => {
  it('gives back to the next process what was written and not removed, byte for byte', async () => {
    const journal = await openInsertJournal(folder);
    const kept = { token: 'b', ndjson: Buffer.from('{"team":"日本"}\n{"x":1}') };
    await journal.write({ token: 'a', ndjson: Buffer.from('{}') });
    await journal.write(kept);
    await journal.remove({ token: 'a', ndjson: Buffer.from('') });
    expect(await (await openInsertJournal(folder)).listUnfinished()).toEqual([kept]);
  });

  it.each([
    ['few rows', 10],
    ['many rows', 10_000],
  ])('keeps a block of %s whole, and leaves nothing of it when it is removed', async (_name, rows) => {
    const journal = await openInsertJournal(folder);
    const block = { token: 'f', ndjson: Buffer.from('{"tool":"grep"}\n'.repeat(rows)) };
    await journal.write(block);
    expect(await journal.listUnfinished()).toEqual([block]);
    await journal.remove(block);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['few rows', 10],
    ['many rows', 10_000],
  ])('rejects what it can not write, of %s', async (_name, rows) => {
    const journal = await openInsertJournal(folder);
    await rm(folder, { recursive: true });
    const block = { token: 'g', ndjson: Buffer.from('{"tool":"grep"}\n'.repeat(rows)) };
    await expect(journal.write(block)).rejects.toThrow('ENOENT');
  });

  it('never takes a file for an insert that was cut off while it was written', async () => {
    await writeFile(join(folder, 'c.ndjson.partial'), '{"half":');
    expect(await (await openInsertJournal(folder)).listUnfinished()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('can forget a block twice, so that a removal whose outcome is unknown may be repeated', async () => {
    const journal = await openInsertJournal(folder);
    const block = { token: 'e', ndjson: Buffer.from('{}') };
    await journal.write(block);
    await journal.remove(block);
    await expect(journal.remove(block)).resolves.toBeUndefined();
  });
});
