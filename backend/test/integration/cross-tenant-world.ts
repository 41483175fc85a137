import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '../../src/platform/config.js';
import { putMinGroupSize } from '../../src/platform/min-group-size.js';
import { createLogger } from '../../src/platform/logger.js';
import { scopes, type Scope } from '../../src/platform/tenancy.js';
import { openControlStores } from '../../src/storage/control/open-control-store.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import { findFreePort } from '../../src/testkit/free-port.js';
import { aLetter } from './dead-letter-world.js';

/** In every text of tenant A, and in none of anybody else. */
export const marker = 'zqmarker';
/** Numbers that are tenant A's alone, as they begin in JSON and in CSV. */
export const markedNumbers = ['7654321', '987654321'] as const;

export const services = ['collector', 'metrics', 'reporting', 'admin'] as const;
export type Service = (typeof services)[number];

/** Who asks. `none` has no key at all. */
export interface Keys {
  readonly a: string;
  readonly b: string;
  readonly aOnly: Readonly<Record<Scope, string>>;
  /** Good for nothing: never known, of A but with another secret, A's own that was revoked, A's own that expired. */
  readonly bad: Readonly<Record<'unknown' | 'forged' | 'revoked' | 'expired', string>>;
}

export interface Answer {
  readonly status: number;
  /** Everything that came back and may differ: headers, then the body. */
  readonly bytes: string;
  readonly body: string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds after which an answer that goes on is left; what came until then is the answer. */
  readonly leaveAfterMs?: number | undefined;
}

export interface CrossTenantWorld {
  readonly keys: Keys;
  readonly webhookOfA: string;
  readonly secretsOfA: readonly string[];
  readonly range: { readonly from: string; readonly to: string };
  readonly eventTime: string;
  ask(service: Service, asked: Asked, key: string | undefined): Promise<Answer>;
  readonly adminToken: string;
  /** Everything that the instance wrote. */
  log(): string;
  close(): Promise<void>;
}

interface Prepared {
  readonly keys: Keys;
  readonly webhook: { readonly id: string; readonly secret: string };
}

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });

/** What lies in the control data before anything runs: two tenants, keys of every kind, dead letters. */
async function prepare(dataDir: string): Promise<Prepared> {
  const stores = await openControlStores(parseConfig({ DATA_DIR: dataDir }), logger);
  const { control, deadLetters } = stores;
  try {
    await control.migrate();
    await control.createTenant(marker, { timeZone: 'Asia/Kathmandu' });
    await control.createTenant('globex', { timeZone: 'UTC' });
    // A is one person, and what is about one person is to be seen by A.
    await putMinGroupSize(control, marker, 1);
    const create = async (tenant: string, held: readonly Scope[], lifeMs?: number) =>
      control.createKey(tenant, held, { lifeMs });
    const a = await create(marker, scopes);
    const revoked = await create(marker, scopes);
    await control.revokeKey(revoked.id);
    const expired = await create(marker, scopes, 1);
    const only = await Promise.all(
      scopes.map(async (scope) => [scope, (await create(marker, [scope])).key] as const),
    );
    const ofA = (id: string) => anEvent({ tenantId: marker, id, team: `${marker}-team` });
    await deadLetters.add(
      aLetter({ events: [ofA(`${marker}-lost`)], code: 'row_refused', reason: `${marker} is refused.` }),
    );
    await deadLetters.add(
      aLetter({
        events: [ofA(`${marker}-shared`), anEvent({ tenantId: 'globex' })],
        code: 'row_refused',
        reason: `${marker} is refused, too.`,
      }),
    );
    const webhook = await control.webhooks.createWebhook(marker, 'github');
    return {
      keys: {
        a: a.key,
        b: (await create('globex', scopes)).key,
        aOnly: {
          ingest: '',
          read: '',
          report: '',
          admin: '',
          ...Object.fromEntries(only),
        },
        bad: {
          unknown: `cdk_AAAAAAAA_${'0'.repeat(36)}`,
          forged: `cdk_${a.prefix}_${'0'.repeat(36)}`,
          revoked: revoked.key,
          expired: expired.key,
        },
      },
      webhook,
    };
  } finally {
    await control.close();
  }
}

async function writeProvisioning(folder: string): Promise<Record<string, string>> {
  await mkdir(join(folder, 'kpis', marker), { recursive: true });
  await mkdir(join(folder, 'goals'), { recursive: true });
  await writeFile(
    join(folder, 'kpis', marker, 'own.yaml'),
    `kpis:
  - id: ${marker}_runs
    title: Runs of ${marker}
    definition: Runs that ${marker} finished.
    unit: count
    direction: up
    owner: ${marker}
    dimensions: [team, agent]
    measure: { kind: count, where: { types: [ai.coditect.agent.run.finished.v1] } }
`,
  );
  await writeFile(
    join(folder, 'goals', `${marker}.yaml`),
    `targets:\n  - { name: ${marker}-file, metric: events, value: 7654321 }\n`,
  );
  return { KPI_DIR: join(folder, 'kpis'), GOALS_DIR: join(folder, 'goals') };
}

/** The whole product as it is started, with nobody in it but two tenants. */
export async function openCrossTenantWorld(): Promise<CrossTenantWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-cross-tenant-'));
  const dataDir = join(folder, 'data');
  const { keys, webhook } = await prepare(dataDir);
  const ports = [await findFreePort(), await findFreePort(), await findFreePort(), await findFreePort()];
  const [collector = 0, metrics = 0, reporting = 0, admin = 0] = ports;
  const env = {
    ...process.env,
    ...(await writeProvisioning(folder)),
    DATA_DIR: dataDir,
    SIMULATOR: 'off',
    LOG_LEVEL: 'trace',
    METRICS_REQUEST_LOG: 'all',
    COLLECTOR_PORT: String(collector),
    METRICS_PORT: String(metrics),
    REPORTING_PORT: String(reporting),
    ADMIN_PORT: String(admin),
    REPORT_WEBHOOK_ALLOW_PRIVATE: 'on',
  };
  const child = spawn(process.execPath, [join(__dirname, '../../dist/main.js')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      written += chunk;
    });
  }
  const urls: Readonly<Record<Service, string>> = {
    collector: `http://127.0.0.1:${collector}`,
    metrics: `http://127.0.0.1:${metrics}`,
    reporting: `http://127.0.0.1:${reporting}`,
    admin: `http://127.0.0.1:${admin}`,
  };
  const close = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if (child.exitCode !== null) return;
      for (const service of services) expect((await fetch(`${urls[service]}/readyz`)).status).toBe(200);
    });
    if (child.exitCode !== null) throw new Error(`the instance ended: ${written.slice(-2_000)}`);
    const nowMs = Date.now();
    const adminFile: unknown = JSON.parse(
      await eventually(() => readFile(join(dataDir, 'admin.json'), 'utf8')),
    );
    return {
      keys,
      webhookOfA: webhook.id,
      secretsOfA: [keys.a, ...Object.values(keys.aOnly), keys.bad.revoked, keys.bad.expired, webhook.secret],
      range: {
        from: new Date(nowMs - 48 * 3_600_000).toISOString(),
        // Long over, so that answers are kept for as long as they can be.
        to: new Date(nowMs - 2 * 3_600_000).toISOString(),
      },
      eventTime: new Date(nowMs - 3 * 3_600_000).toISOString(),
      ask: (service, asked, key) => send(urls[service], asked, key),
      adminToken: z.object({ token: z.string() }).parse(adminFile).token,
      log: () => written,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function send(url: string, asked: Asked, key: string | undefined): Promise<Answer> {
  const { method, path, body, headers = {}, leaveAfterMs } = asked;
  const leave = new AbortController();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: leave.signal,
  });
  const timer = leaveAfterMs === undefined ? undefined : setTimeout(() => leave.abort(), leaveAfterMs);
  const content = leaveAfterMs === undefined ? await response.text() : await readUntilLeft(response);
  clearTimeout(timer);
  const told = [...response.headers].filter(([name]) => name !== 'date');
  const shown = told.map(([name, value]) => `${name}: ${value}`).join('\n');
  return { status: response.status, bytes: `${shown}\n\n${content}`, body: content };
}

async function readUntilLeft(response: Response): Promise<string> {
  let content = '';
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  try {
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      const chunk: unknown = next.value;
      if (chunk instanceof Uint8Array) content += decoder.decode(chunk, { stream: true });
    }
  } catch {
    // It was left.
  }
  return content;
}
