import type { Operations } from '../admin/operations.js';
import type { BackupReport } from '../platform/backups.js';
import { AppError } from '../platform/errors.js';
import { refusedOperations } from '../testkit/refused-operations.js';
import { runProgram, type ExitCode } from './program.js';

const aKey = {
  id: 'key_1',
  tenant: 'nova',
  scopes: ['read' as const],
  prefix: 'p',
  createdAt: 't',
  revokedAt: null,
  expiresAt: null,
  lastUsedAt: null,
  replaces: null,
  key: 'cdk_p_s',
};

function createWorld(changes: Partial<Operations> = {}, callersDirectory?: string) {
  const printed: string[] = [];
  const noted: string[] = [];
  const operations: Operations = {
    ...refusedOperations,
    createTenant: (name, { timeZone }) => Promise.resolve({ timeZone, name, id: name.toLowerCase() }),
    listTenants: () => Promise.resolve([]),
    createKey: (tenant, scopes, { lifeDays } = {}) =>
      Promise.resolve({
        ...aKey,
        tenant,
        scopes,
        expiresAt: lifeDays === undefined ? null : `in ${lifeDays} days`,
      }),
    rotateKey: (id, { overlapHours }) =>
      Promise.resolve({ ...aKey, key: `cdk_after_${overlapHours}_hours`, replaces: id }),
    listKeys: () => Promise.resolve([]),
    createWebhook: (tenant, kind) =>
      Promise.resolve({
        id: 'wh_1',
        tenant,
        kind,
        encrypted: false,
        createdAt: 't',
        revokedAt: null,
        secret: 'whs_s',
      }),
    listWebhooks: () => Promise.resolve([]),
    listMigrations: () => Promise.resolve([]),
    rollUp: () => Promise.resolve({ tenants: [] }),
    listDeadLetters: () => Promise.resolve({ letters: [], next: null }),
    ...changes,
  };
  const run = (...args: string[]): Promise<ExitCode> =>
    runProgram(args, {
      opener: () => ({
        withControl: (work) => work(operations),
        withEvents: (work) => work(operations),
        withMigrations: (work) => work(operations),
        withRollups: (work) => work(operations),
        withSubjects: () => Promise.reject(new Error('not asked for')),
      }),
      output: {
        print: (text) => printed.push(text),
        note: (text) => noted.push(text),
        draw: (text) => noted.push(text),
        isTerminal: false,
      },
      getDataDir: () => '/nowhere',
      getKpiDir: () => '/nowhere',
      callersDirectory,
      signal: new AbortController().signal,
      roles: ['collector'],
      backups: { backUp: aReport, check: aReport, restore: aReport },
      eraseAgain: () => Promise.reject(new Error('not asked for')),
      changePartitions: () => Promise.reject(new Error('not asked for')),
      migrateStores: () => Promise.reject(new Error('not asked for')),
      listRetention: () => [
        { rule: 'audit', kept: 'AUDIT_RETENTION_DAYS', days: null, tables: ['control.audit_log'] },
        { rule: 'usage', kept: 'USAGE_RETENTION_DAYS', days: 40, tables: ['control.tenant_usage'] },
      ],
      runDemoTraffic: () => Promise.reject(new Error('not asked for')),
      runRoles: () => Promise.resolve(),
    });
  return { run, printed, noted };
}

const aReport = (folder: string): Promise<BackupReport> =>
  Promise.resolve({
    format: 1,
    writer: { product: '0.1.0', engines: {}, migrations: {} },
    takenAt: '2026-03-01T00:00:00.000Z',
    endedAt: '2026-03-01T00:00:02.000Z',
    heldMs: 1_200,
    folder,
    files: 3,
    bytes: 2_097_152,
  });

describe('command line', () => {
  it('says how long everything is kept, and what no age ends', async () => {
    const { run, printed } = createWorld({});
    expect(await run('retention')).toBe(0);
    expect(printed[0]?.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^- +AUDIT_RETENTION_DAYS +control.audit_log$/),
      expect.stringMatching(/^40 +USAGE_RETENTION_DAYS +control.tenant_usage$/),
    ]);
  });

  it('takes the folder of a backup from where the person stands', async () => {
    const { run, printed } = createWorld({}, '/callers');
    expect(await run('backup', 'b1', '--json')).toBe(0);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ folder: '/callers/b1', heldMs: 1_200 });
    expect(await run('backup', '/elsewhere/b1')).toBe(0);
    expect(await run('restore', 'b1', '--check')).toBe(0);
    expect(printed.slice(1)).toEqual([
      'Wrote /elsewhere/b1: 3 files, 2.0 MiB, as of 2026-03-01T00:00:00.000Z, events waited for 1200 ms.',
      '/callers/b1 is whole: 3 files, 2.0 MiB, as of 2026-03-01T00:00:00.000Z, events waited for 1200 ms.',
    ]);
    expect(await run('backup')).toBe(2);
  });

  it('prints a tenant as {id, name, timeZone}, in UTC unless told otherwise', async () => {
    const { run, printed } = createWorld();
    expect(await run('tenants', 'create', 'Nova', '--json')).toBe(0);
    expect(await run('tenants', 'create', '--json', 'Nova', '--time-zone', 'Asia/Kolkata')).toBe(0);
    expect(printed).toEqual([
      '{"id":"nova","name":"Nova","timeZone":"UTC"}',
      '{"id":"nova","name":"Nova","timeZone":"Asia/Kolkata"}',
    ]);
  });

  it('prints a key as {tenant, scopes, id, key} and nothing else', async () => {
    const { run, printed, noted } = createWorld();
    expect(await run('keys', 'create', '--tenant', 'nova', '--scope', 'read,report', '--json')).toBe(0);
    expect(printed).toEqual(['{"tenant":"nova","scopes":["read","report"],"id":"key_1","key":"cdk_p_s"}']);
    expect(noted).toEqual([]);
  });

  it('makes keys that end, and keys that take over from others in a day unless told otherwise', async () => {
    const { run, printed, noted } = createWorld();
    const create = ['keys', 'create', '--tenant', 'nova', '--scope', 'read'];
    expect(await run(...create, '--life-days', '90', '--json')).toBe(0);
    expect(await run('keys', 'rotate', 'key_0')).toBe(0);
    expect(await run('keys', 'rotate', 'key_0', '--overlap-hours', '0.5', '--json')).toBe(0);
    expect(printed).toEqual([
      '{"tenant":"nova","scopes":["read"],"id":"key_1","key":"cdk_p_s","expiresAt":"in 90 days"}',
      'cdk_after_24_hours',
      '{"tenant":"nova","scopes":["read"],"id":"key_1","key":"cdk_after_0.5_hours","replaces":"key_0"}',
    ]);
    expect(noted.join()).toContain('The old key key_0 is good for 24 hours more.');
    for (const days of ['0', '-1', '1e9', 'x', '36501', ''])
      expect(await run(...create, '--life-days', days)).toBe(2);
    expect(await run('keys', 'rotate', 'key_0', '--overlap-hours', 'soon')).toBe(2);
  });

  it('prints a webhook with its path and secret, and warns where the secret is stored as it is', async () => {
    const { run, printed, noted } = createWorld();
    expect(await run('webhooks', 'create', '--tenant', 'nova', '--kind', 'github', '--json')).toBe(0);
    expect(JSON.parse(printed[0] ?? '')).toEqual({
      tenant: 'nova',
      kind: 'github',
      id: 'wh_1',
      path: '/v1/webhooks/github/wh_1',
      secret: 'whs_s',
    });
    expect(noted).toEqual([]);
    expect(await run('webhooks', 'create', '--tenant', 'nova', '--kind', 'github')).toBe(0);
    expect(noted.join(' ')).toContain('SECRETS_KEY');
    expect(await run('webhooks', 'create', '--tenant', 'nova', '--kind', 'gitlab')).toBe(2);
  });

  it('says once, for a person, that the key is not shown again', async () => {
    const { run, printed, noted } = createWorld();
    await run('keys', 'create', '--tenant', 'nova', '--scope', 'read');
    expect(printed).toEqual(['cdk_p_s']);
    expect(noted.join()).toContain('not shown again');
  });

  it('ends with 1 and one line when something is refused', async () => {
    const failing = createWorld({
      listTenants: () => Promise.reject(new AppError('data_locked', 'In use.', { status: 503 })),
    });
    expect(await failing.run('tenants', 'list')).toBe(1);
    expect(await failing.run('tenants', 'list', '--json')).toBe(1);
    expect(failing.printed).toEqual([]);
    expect(failing.noted).toEqual(['Error: In use.', '{"error":{"code":"data_locked","reason":"In use."}}']);
  });

  it.each([
    [['nonsense']],
    [['tenants', 'create']],
    [['keys', 'create', '--tenant', 'nova']],
    [['keys', 'create', '--tenant', 'nova', '--scope', 'read,write']],
    [['import', 'x', '--tenant', 'nova', '--format', 'xml']],
    [['run', 'everything']],
  ])('ends with 2 for %p, and says why as one JSON line when asked to', async (args) => {
    const plain = createWorld();
    expect(await plain.run(...args)).toBe(2);
    expect(plain.noted.join()).toContain('error: ');
    const json = createWorld();
    expect(await json.run(...args, '--json')).toBe(2);
    expect(json.noted).toHaveLength(1);
    expect(json.noted[0]).toMatch(/^\{"error":\{"code":"usage","reason":/);
  });

  it('ends with 0 for --help', async () => {
    const { run, printed } = createWorld();
    expect(await run('--help')).toBe(0);
    expect(printed.join()).toContain('import');
  });

  it('names a file that is not there by the folder in which the person stands', async () => {
    const getTenant = (): ReturnType<Operations['getTenant']> =>
      Promise.resolve({ id: 'nova', name: 'nova', timeZone: 'UTC' });
    const { run, noted } = createWorld({ getTenant }, '/home/ada/logs');
    expect(await run('import', 'access.log', '--tenant', 'nova')).toBe(1);
    expect(noted).toEqual(["Error: /home/ada/logs/access.log can't be read: there is no such file."]);
  });

  it('fails a verification in which raw events and an aggregate differ', async () => {
    const { run, printed, noted } = createWorld({
      verify: () =>
        Promise.resolve({ counts: { raw: 2, perMinute: 3 }, differences: ['raw 2 != perMinute 3'] }),
    });
    expect(await run('verify', '--tenant', 'nova', '--json')).toBe(1);
    expect(printed).toEqual(['{"raw":2,"perMinute":3,"differences":["raw 2 != perMinute 3"]}']);
    expect(noted.join()).toContain('counts_differ');
  });
});
