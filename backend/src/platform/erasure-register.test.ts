import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createErasureRegister, noteSuppressions, type ErasureRegister } from './erasure-register.js';
import type { SuppressionStore } from './subjects.js';

let folder: string;
let path: string;
let register: ErasureRegister;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-register-'));
  path = join(folder, 'register.ndjson');
  register = createErasureRegister(path);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const entry = {
  at: '2026-03-01T00:00:00.000Z',
  tenantId: 'acme',
  digest: 'd1',
  change: 'erased',
} as const;

/** Tells what it was asked, in order. */
function createStore(asked: string[]): SuppressionStore {
  const none = (): Promise<ReadonlySet<string>> => Promise.resolve(new Set());
  return {
    suppress: (_tenantId, digest, reason) => Promise.resolve(void asked.push(`${digest} ${reason}`)),
    lift: (_tenantId, digest) => Promise.resolve(void asked.push(`${digest} lifted`)),
    list: none,
    listErased: none,
  };
}

describe('the register of erasures', () => {
  it('tells what was noted, in order, and is nobody else’s to read', async () => {
    expect(await register.read()).toEqual([]);
    await register.note(entry);
    await register.note({ ...entry, digest: 'd2', change: 'opted-in' });
    expect((await register.read()).map(({ digest }) => digest)).toEqual(['d1', 'd2']);
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('leaves out a line that was cut off, and refuses one that is damaged', async () => {
    await register.note(entry);
    await appendFile(path, '{"at":');
    expect(await register.read()).toHaveLength(1);
    await appendFile(path, '\n');
    await expect(register.read()).rejects.toThrow('Line 2');
  });

  it('is written before the list, which stays as it is where that fails', async () => {
    const asked: string[] = [];
    const now = (): Date => new Date(entry.at);
    const noted = noteSuppressions(createStore(asked), { register, now });
    await noted.suppress('acme', 'd1', 'erased');
    await noted.suppress('acme', 'd2', 'opted-out');
    await noted.lift('acme', 'd2');
    expect(asked).toEqual(['d1 erased', 'd2 opted-out', 'd2 lifted']);
    expect((await register.read()).map(({ change }) => change)).toEqual(['erased', 'opted-out', 'opted-in']);
    expect(await readFile(path, 'utf8')).toContain('"tenantId":"acme"');
    const elsewhere = createErasureRegister(join(folder, 'missing', 'register.ndjson'));
    const refusing = noteSuppressions(createStore(asked), { register: elsewhere, now });
    await expect(refusing.suppress('acme', 'd3', 'erased')).rejects.toMatchObject({
      code: 'register_unwritable',
    });
    expect(asked).toHaveLength(3);
  });
});
