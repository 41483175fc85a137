import type { RegisterEntry } from '../platform/erasure-register.js';
import { suppressionDigest, type SubjectJob } from '../platform/subjects.js';
import { eraseAgain, type EraseAgainReport } from './erase-again.js';
import type { NamedSubject } from './subject-operations.js';

const salt = 'salt';
const names = ['ada@acme.example', 'bob@acme.example', 'eve@acme.example'] as const;
type Name = (typeof names)[number];
const pseudonymOf = (text: string): string => {
  const place = names.findIndex((name) => name === text);
  return `u_${String(place + 1).padStart(16, '0')}`;
};
const digestOf = (name: Name): string =>
  suppressionDigest(salt, { tenantId: 'acme', pseudonym: pseudonymOf(name) });
const entryOf = (name: Name, change: RegisterEntry['change'], day: number): RegisterEntry => ({
  at: `2026-03-0${day}T00:00:00.000Z`,
  tenantId: 'acme',
  digest: digestOf(name),
  change,
});

function createWorld(found: readonly string[], before: readonly Name[] = []) {
  const list = new Map<string, string>(before.map((name) => [digestOf(name), 'erased']));
  const erased: NamedSubject[] = [];
  async function* listNames(tenantId: string): AsyncGenerator<string> {
    if (tenantId === 'acme') yield* await Promise.resolve(found);
  }
  const run = (entries: readonly RegisterEntry[], since?: string): Promise<EraseAgainReport> =>
    eraseAgain(
      {
        stores: [{ listNames }],
        suppressions: {
          suppress: (_tenantId, digest, reason) => Promise.resolve(void list.set(digest, reason)),
          lift: (_tenantId, digest) => Promise.resolve(void list.delete(digest)),
          listErased: () =>
            Promise.resolve(
              new Set([...list].flatMap(([digest, reason]) => (reason === 'erased' ? digest : []))),
            ),
        },
        tenantIds: ['acme'],
        getUserSalt: () => Promise.resolve(salt),
        pseudonymOf,
        erase: (subject) => {
          erased.push(subject);
          const job: SubjectJob = {
            id: `job-${erased.length}`,
            tenant: 'acme',
            kind: 'erase',
            state: 'done',
            proof: null,
            failure: null,
            createdAt: '',
            endedAt: '',
          };
          return Promise.resolve(job);
        },
      },
      { entries, since },
    );
  return { run, erased, list };
}

describe('eraseAgain', () => {
  it('finds by pseudonyms and by names whoever is on the list, and nobody else', async () => {
    const { erased, run } = createWorld(
      [pseudonymOf(names[0]), pseudonymOf(names[2]), 'note to self'],
      [names[0]],
    );
    const report = await run([]);
    expect(erased.map(({ pseudonym }) => pseudonym)).toEqual([pseudonymOf(names[0])]);
    expect(report.tenants).toMatchObject([{ tenant: 'acme', people: 1, jobs: [{ id: 'job-1' }] }]);
  });

  it('erases once, under the name as it was sent where that has come back too', async () => {
    const [ada] = names;
    for (const found of [
      [pseudonymOf(ada), ada],
      [ada, pseudonymOf(ada)],
    ]) {
      const { erased, run } = createWorld(found, [ada]);
      await run([]);
      expect(erased.map(({ userId }) => userId)).toEqual([ada]);
    }
  });

  it('brings the list up to the register', async () => {
    const [ada, bob, eve] = names;
    const { erased, list, run } = createWorld([], [eve]);
    await run([entryOf(ada, 'erased', 2), entryOf(bob, 'opted-out', 2), entryOf(eve, 'opted-in', 3)]);
    expect([...list]).toEqual([
      [digestOf(ada), 'erased'],
      [digestOf(bob), 'opted-out'],
    ]);
    expect(erased).toEqual([]);
  });

  it('erases who was erased since the backup and taken in again later, and not who was before', async () => {
    const [ada, bob] = names;
    const { erased, list, run } = createWorld([ada, bob]);
    const entries = [
      entryOf(ada, 'erased', 1),
      entryOf(ada, 'opted-in', 2),
      entryOf(bob, 'erased', 4),
      entryOf(bob, 'opted-in', 5),
    ];
    await run(entries, '2026-03-03T00:00:00Z');
    expect(erased.map(({ userId }) => userId)).toEqual([bob]);
    expect(list.size).toBe(0);
  });

  it('tells of entries about tenants that did not come back', async () => {
    const { run } = createWorld([]);
    const report = await run([{ ...entryOf(names[0], 'erased', 1), tenantId: 'later' }]);
    expect(report).toEqual({ tenants: [], entriesOfOthers: 1 });
  });
});
