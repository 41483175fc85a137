import type { AuditRecord } from './audit.js';
import { createAuditTrail, type AuditTrail } from './audit-trail.js';
import { AppError } from './errors.js';
import { createLogger } from './logger.js';

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
const actor = { kind: 'key', keyId: 'key_1', user: 'ada' } as const;
const deed = { tenantId: 'acme', actor, action: 'key.revoked', target: 'key_2' } as const;

function createWorld({ askersMax = 10 } = {}): {
  readonly trail: AuditTrail;
  readonly written: AuditRecord[];
  readonly dropped: number[];
  readonly log: { isDown: boolean };
} {
  const written: AuditRecord[] = [];
  const dropped: number[] = [];
  const log = { isDown: false };
  const trail = createAuditTrail({
    log: {
      append(records) {
        if (log.isDown) return Promise.reject(new Error('down'));
        written.push(...records);
        return Promise.resolve();
      },
    },
    everyMs: 3_600_000,
    askersMax,
    now: () => new Date(0),
    logger,
    onDropped: (answers) => dropped.push(answers),
  });
  return { trail, written, dropped, log };
}

const outcomesOf = (records: readonly AuditRecord[]) => records.map(({ outcome }) => outcome);

describe('what is done', () => {
  it('is written before it is done, and how it ended', async () => {
    const { trail, written } = createWorld();
    let seen: string[] = [];
    await trail.record(deed, () => {
      seen = outcomesOf(written);
      return Promise.resolve();
    });
    await trail.close();
    expect(seen).toEqual(['begun']);
    expect(written).toMatchObject([
      { ...deed, outcome: 'begun' },
      { ...deed, outcome: 'done' },
    ]);
  });

  it('is not done where it can not be written', async () => {
    const { trail, log } = createWorld();
    log.isDown = true;
    const work = jest.fn(() => Promise.resolve());
    const expected = { code: 'audit_unavailable', status: 503, retryable: true };
    await expect(trail.record(deed, work)).rejects.toMatchObject(expected);
    expect(work).not.toHaveBeenCalled();
    await trail.close();
  });

  it('that failed is written with its code, and what it was done to is named when that is known', async () => {
    const { trail, written } = createWorld();
    const fail = (): Promise<never> => Promise.reject(new AppError('key_ended', 'no', { status: 409 }));
    await expect(trail.record(deed, fail)).rejects.toMatchObject({ code: 'key_ended' });
    const { target: _unknown, ...made } = { ...deed, action: 'key.created' as const };
    await trail.record(
      made,
      () => Promise.resolve('key_9'),
      (id) => id,
    );
    await trail.close();
    expect(written).toMatchObject([
      { outcome: 'begun' },
      { outcome: 'failed', details: { code: 'key_ended' } },
      { outcome: 'begun' },
      { outcome: 'done', target: 'key_9' },
    ]);
  });

  it('keeps how it ended until the log takes it, in order', async () => {
    const { trail, written, log } = createWorld();
    log.isDown = true;
    trail.end(deed, 'done');
    trail.end({ ...deed, target: 'key_3' }, 'failed');
    await trail.close();
    expect(written).toEqual([]);
    log.isDown = false;
    await trail.close();
    expect(written.map(({ target }) => target)).toEqual(['key_2', 'key_3']);
  });
});

describe('answers', () => {
  const asked = { tenantId: 'acme', actor, what: 'POST /v1/query', isRefused: false };

  it('are summed up by tenant and asker', async () => {
    const { trail, written } = createWorld();
    for (let times = 0; times < 3; times += 1) trail.countAnswer(asked);
    trail.countAnswer({ ...asked, isRefused: true });
    trail.countAnswer({ ...asked, actor: { kind: 'key', keyId: 'key_1' } });
    trail.countAnswer({ ...asked, tenantId: 'globex' });
    await trail.close();
    const counts = { 'POST /v1/query': 3, 'POST /v1/query refused': 1 };
    expect(written).toMatchObject([
      { tenantId: 'acme', actor, action: 'queries.answered', details: counts },
      { tenantId: 'acme', actor: { keyId: 'key_1' }, details: { 'POST /v1/query': 1 } },
      { tenantId: 'globex', details: { 'POST /v1/query': 1 } },
    ]);
  });

  it('stand beside parts of something else, which are added up by themselves', async () => {
    const { trail, written } = createWorld();
    trail.countAnswer(asked);
    const part = { tenantId: 'acme', actor, action: 'events.imported' } as const;
    trail.countParts({ ...part, counts: { accepted: 900, rejected: 1 } });
    trail.countParts({ ...part, counts: { accepted: 100, rejected: 0 } });
    await trail.close();
    expect(written).toMatchObject([
      { action: 'queries.answered', details: { 'POST /v1/query': 1 } },
      { action: 'events.imported', details: { accepted: 1_000, rejected: 1 } },
    ]);
  });

  it('of a summary that could not be written are in the next one', async () => {
    const { trail, written, log } = createWorld();
    log.isDown = true;
    trail.countAnswer(asked);
    await trail.close();
    trail.countAnswer(asked);
    log.isDown = false;
    await trail.close();
    expect(written).toMatchObject([{ details: { 'POST /v1/query': 2 } }]);
  });

  it('to more askers than a summary holds are counted as dropped', async () => {
    const { trail, written, dropped } = createWorld({ askersMax: 1 });
    trail.countAnswer(asked);
    trail.countAnswer({ ...asked, tenantId: 'globex' });
    trail.countAnswer(asked);
    await trail.close();
    expect(dropped).toEqual([1]);
    expect(written).toMatchObject([{ tenantId: 'acme', details: { 'POST /v1/query': 2 } }]);
  });
});
