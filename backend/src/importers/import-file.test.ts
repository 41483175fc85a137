import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '../platform/errors.js';
import { defaultImportLimits, importFile, type ImportOptions } from './import-file.js';
import type { ImportSink } from './send-chunk.js';

type Candidates = Parameters<ImportSink['importEvents']>[1];

/** Stores ids; refuses events without one; fails when `fail` says so. */
function createFakeSink(fail: (call: number) => Error | undefined = () => undefined) {
  const stored = new Set<string>();
  const calls: Candidates[] = [];
  const sink: ImportSink = {
    importEvents(_tenantId, candidates) {
      calls.push(candidates);
      const error = fail(calls.length);
      if (error !== undefined) return Promise.reject(error);
      const ids = candidates.map(({ index, event }) => ({ index, id: readText(event, 'id') }));
      const good = ids.filter(({ id }) => id !== '');
      const duplicates = good.filter(({ id }) => stored.has(id)).length;
      for (const { id } of good) stored.add(id);
      const rejected = ids
        .filter(({ id }) => id === '')
        .map(({ index }) => ({ index, code: 'id_missing', pointer: '/id', reason: 'There is no id.' }));
      return Promise.resolve({ accepted: good.length, duplicates, rejected });
    },
  };
  return { sink, stored, calls };
}

function readText(value: unknown, name: string): string {
  const schema = z.object({ [name]: z.coerce.string().default('') });
  return schema.parse(value)[name] ?? '';
}

const eventLine = (id: string): string => JSON.stringify({ specversion: '1.0', id, source: '/t', type: 't' });
const refusal = new AppError('store_broken', 'No.', { status: 500 });
const busy = new AppError('store_busy', 'Later.', { status: 503, retryable: true, retryAfterSeconds: 3 });

describe('importFile', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coditect-import-'));
    path = join(folder, 'history.ndjson');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function run(sink: ImportSink, changes: Partial<ImportOptions> = {}) {
    return importFile({
      path,
      tenantId: 'acme',
      format: 'auto',
      folder: join(folder, 'imports'),
      sink,
      limits: { ...defaultImportLimits, inFlightMax: 2 },
      retry: { sleep: () => Promise.resolve(), attemptsMax: 3 },
      signal: new AbortController().signal,
      onResume: () => undefined,
      onProgress: () => undefined,
      ...changes,
    });
  }

  async function writeEvents(count: number): Promise<void> {
    await writeFile(
      path,
      Array.from({ length: count }, (_, index) => `${eventLine(`e${index}`)}\n`).join(''),
    );
  }

  it('sends every event in chunks of at most 1,000, in the order of the file', async () => {
    await writeEvents(2_500);
    const { sink, calls } = createFakeSink();
    const result = await run(sink);
    expect(result).toMatchObject({ read: 2_500, accepted: 2_500, duplicates: 0, rejected: 0 });
    expect(calls.map((call) => call.length)).toEqual([1_000, 1_000, 500]);
    expect(calls.flat().map(({ event }) => readText(event, 'id'))[1_234]).toBe('e1234');
  });

  it('sends less than a megabyte at a time', async () => {
    const padding = 'x'.repeat(100_000);
    const lines = Array.from({ length: 25 }, (_, index) => JSON.stringify({ id: `e${index}`, padding }));
    await writeFile(path, lines.join('\n'));
    const { sink, calls } = createFakeSink();
    await run(sink);
    expect(calls.flat()).toHaveLength(25);
    for (const call of calls) expect(JSON.stringify(call).length).toBeLessThan(1_000_000);
  });

  it('counts bad lines, shows the first ten by line number, lists all, and loses none of their neighbours', async () => {
    const lines = Array.from({ length: 30 }, (_, index) =>
      index % 2 === 0 ? eventLine(`e${index}`) : '{"no":"id"}',
    );
    lines[4] = 'not json';
    lines[6] = '';
    await writeFile(path, lines.join('\r\n'));
    const result = await run(createFakeSink().sink);
    expect(result).toMatchObject({ read: 29, accepted: 13, rejected: 16, duplicates: 0 });
    expect(result.firstRejected).toHaveLength(10);
    expect(result.firstRejected.slice(0, 4).map(({ line, code }) => `${line} ${code}`)).toEqual([
      '2 id_missing',
      '4 id_missing',
      '5 not_json',
      '6 id_missing',
    ]);
    const listed = (await readFile(result.rejectedPath, 'utf8')).trim().split('\n');
    expect(listed).toHaveLength(16);
    expect(listed.join()).not.toContain('not json');
  });

  it('goes on where it was interrupted, with the same counts in the end as in one go', async () => {
    await writeEvents(5_500);
    const broken = createFakeSink((call) => (call === 4 ? refusal : undefined));
    await expect(run(broken.sink)).rejects.toBe(refusal);

    const resumedAt: number[] = [];
    const whole = createFakeSink();
    const result = await run(whole.sink, { onResume: (line) => resumedAt.push(line) });
    expect(resumedAt).toEqual([3_000]);
    expect(whole.stored.has('e2999')).toBe(false);
    expect(whole.stored.size).toBe(2_500);
    expect(result).toMatchObject({ read: 5_500, accepted: 5_500, rejected: 0 });
  });

  it('starts anew once it has come to the end, and then everything is stored already', async () => {
    await writeEvents(1_500);
    const { sink, stored } = createFakeSink();
    await run(sink);
    const again = await run(sink, {
      onResume: () => {
        throw new Error('resumed');
      },
    });
    expect(again).toMatchObject({ read: 1_500, accepted: 1_500, duplicates: 1_500, rejected: 0 });
    expect(stored.size).toBe(1_500);
    expect(await readdir(join(folder, 'imports'))).toEqual([]);
  });

  it('starts anew when the file has changed since', async () => {
    await writeEvents(3_500);
    await expect(run(createFakeSink((call) => (call === 3 ? refusal : undefined)).sink)).rejects.toBe(
      refusal,
    );
    await writeEvents(3_501);
    const { sink, stored } = createFakeSink();
    await run(sink);
    expect(stored.size).toBe(3_501);
  });

  it('lists a rejection once, though the import was interrupted behind it', async () => {
    const lines = Array.from({ length: 2_500 }, (_, index) =>
      index % 500 === 7 ? 'bad' : eventLine(`e${index}`),
    );
    await writeFile(path, lines.join('\n'));
    await expect(run(createFakeSink((call) => (call === 3 ? refusal : undefined)).sink)).rejects.toBe(
      refusal,
    );
    const result = await run(createFakeSink().sink);
    expect(result).toMatchObject({ read: 2_500, accepted: 2_495, rejected: 5 });
    const listed = (await readFile(result.rejectedPath, 'utf8')).trim().split('\n');
    expect(listed.map((line) => Number(readText(JSON.parse(line), 'line')))).toEqual([
      8, 508, 1_008, 1_508, 2_008,
    ]);
  });

  it('stops between chunks when it is told to, and says how to go on', async () => {
    await writeEvents(4_000);
    const controller = new AbortController();
    const { sink, stored } = createFakeSink();
    const stopped = run(sink, {
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'import_interrupted' });
    expect(stored.size).toBeLessThan(4_000);
    await run(sink);
    expect(stored.size).toBe(4_000);
  });

  it('waits as long as it is asked to when the stores are busy, and gives up after a number of tries', async () => {
    await writeEvents(10);
    const pauses: number[] = [];
    const retry = { attemptsMax: 3, sleep: (ms: number) => Promise.resolve(void pauses.push(ms)) };
    const { sink, stored } = createFakeSink((call) => (call < 3 ? busy : undefined));
    await run(sink, { retry });
    expect(stored.size).toBe(10);
    expect(pauses).toEqual([3_000, 3_000]);
    await expect(run(createFakeSink(() => busy).sink, { retry })).rejects.toBe(busy);
  });

  it('reads gzip, in which the same lines are the same events', async () => {
    const log = 'h - - [10/Oct/2000:13:55:36 -0700] "GET /a/1 HTTP/1.0" 200 5\n'.repeat(3_000);
    const { sink, stored } = createFakeSink();
    path = join(folder, 'access.log');
    await writeFile(path, log);
    expect(await run(sink)).toMatchObject({ read: 3_000, accepted: 3_000, duplicates: 0 });
    path = join(folder, 'access.log.gz');
    await writeFile(path, gzipSync(log));
    expect(await run(sink)).toMatchObject({ accepted: 3_000, duplicates: 3_000 });
    expect(stored.size).toBe(3_000);
  });

  it('resumes gzip in the middle', async () => {
    const text = Array.from({ length: 3_500 }, (_, index) => `${eventLine(`e${index}`)}\n`).join('');
    await writeFile(path, gzipSync(text));
    await expect(run(createFakeSink((call) => (call === 3 ? refusal : undefined)).sink)).rejects.toBe(
      refusal,
    );
    const { sink, stored } = createFakeSink();
    expect(await run(sink)).toMatchObject({ read: 3_500, accepted: 3_500 });
    expect([...stored].at(0)).toBe('e2000');
  });

  it('keeps what came before the place where gzip breaks off, and says that it does', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `${eventLine(`${index * 7919}`)}\n`).join('');
    const bytes = gzipSync(text);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    const { sink, stored } = createFakeSink();
    await expect(run(sink)).rejects.toMatchObject({ code: 'import_file_damaged' });
    expect(stored.size).toBeGreaterThan(1_000);
  });

  it('reads an empty file as no events', async () => {
    await writeFile(path, '');
    expect(await run(createFakeSink().sink)).toMatchObject({
      read: 0,
      accepted: 0,
      duplicates: 0,
      rejected: 0,
    });
  });

  it('refuses what it does not know, a folder, and what is not there', async () => {
    const { sink } = createFakeSink();
    await writeFile(path, 'a;b;c\n1;2;3\n');
    await expect(run(sink)).rejects.toMatchObject({ code: 'import_format_unknown' });
    await expect(run(sink, { path: folder })).rejects.toMatchObject({ code: 'import_file_unreadable' });
    await expect(run(sink, { path: join(folder, 'none') })).rejects.toMatchObject({
      code: 'import_file_unreadable',
    });
  });
});
