import type { EventEnvelope } from '@coditect/contracts';
import { pino } from 'pino';
import { createAdmission } from '../../src/collector/admission.js';
import { createBodyBudget, type BodyBudget } from '../../src/collector/body-budget.js';
import { createCollector } from '../../src/collector/compose.js';
import { createEventRates } from '../../src/collector/event-rate.js';
import { createIntake } from '../../src/collector/intake.js';
import { defaultCollectorLimits, type CollectorLimits } from '../../src/collector/limits.js';
import { AppError } from '../../src/platform/errors.js';
import type { HttpService } from '../../src/platform/http-service.js';
import { createTelemetry, type Telemetry } from '../../src/platform/telemetry.js';
import type { Authenticator, Scope } from '../../src/platform/tenancy.js';
import type { Webhook } from '../../src/platform/webhooks.js';
import { createTestLimits, type TestLimits } from '../../src/testkit/no-limits.js';

export const nowMs = Date.parse('2026-06-15T12:00:00Z');
const tenant = { id: 'acme', name: 'Acme', timeZone: 'UTC' };
const otherTenant = { id: 'globex', name: 'Globex', timeZone: 'UTC' };

/** Knows four keys: `good`, `reader` (another scope), `revoked`, and `other` of another tenant. */
const authenticator: Pick<Authenticator, 'authenticate'> = {
  authenticate(authorization, scope) {
    const key = authorization?.replace(/^Bearer /, '');
    if (key === 'other') return Promise.resolve({ tenant: otherTenant, keyId: 'o', scopes: ['ingest'] });
    if (key === 'broken') return Promise.reject(new Error('the control store is gone'));
    const code = key === undefined ? 'key_missing' : key === 'revoked' ? 'key_revoked' : 'key_unknown';
    if (key !== 'good' && key !== 'reader') return Promise.reject(new AppError(code, 'No.', { status: 401 }));
    const scopes: readonly Scope[] = key === 'good' ? ['ingest'] : ['read'];
    if (!scopes.includes(scope)) return Promise.reject(new AppError('scope_missing', 'No.', { status: 403 }));
    return Promise.resolve({ tenant, keyId: 'k', scopes });
  },
};

export const githubWebhook = { id: `wh_${'a'.repeat(22)}`, secret: 'whs_github' };

function findWebhook(id: string, kind: string): Promise<Webhook | undefined> {
  if (id === `wh_${'b'.repeat(22)}`) return Promise.reject(new Error('the control store is gone'));
  const isKnown = id === githubWebhook.id && kind === 'github';
  return Promise.resolve(isKnown ? { ...githubWebhook, tenant } : undefined);
}

export interface RunningCollector {
  readonly address: string;
  readonly service: HttpService;
  readonly telemetry: Telemetry;
  readonly bodies: BodyBudget;
  /** Everything that the bus was given, in order. */
  readonly published: EventEnvelope[];
  /** How much the tenants may send. */
  readonly tenantLimits: TestLimits;
  /** What the bus does instead of taking a batch, until it is unset. */
  fault: (() => Promise<never>) | undefined;
}

/** A collector on a free port with a bus that remembers. */
export async function startCollector(
  limits: Partial<CollectorLimits> = {},
  /** Milliseconds, by which rates count. */
  rateNow: () => number = () => performance.now(),
): Promise<RunningCollector> {
  const telemetry = createTelemetry({ defaultMetrics: false });
  const published: EventEnvelope[] = [];
  const tenantLimits = createTestLimits();
  const all = { ...defaultCollectorLimits, ...limits };
  const intake = createIntake({
    bus: {
      async publish(batch) {
        if (running.fault !== undefined) return running.fault();
        published.push(...batch);
        return Promise.resolve({ duplicates: 0 });
      },
    },
    getUserSalt: () => Promise.resolve('pepper'),
    drawAcceptance: () => 1,
    now: () => nowMs,
    limits: all,
    telemetry,
    onAccepted: (tenantId, events) => {
      tenantLimits.meter.note(tenantId, { events });
    },
  });
  const bodies = createBodyBudget(all);
  const service = createCollector({
    bodies,
    admission: createAdmission({
      readLimits: tenantLimits.read,
      quotas: tenantLimits.quotas,
      rates: createEventRates(rateNow),
      onLimited: (tenantId, limit) => tenantLimits.limited.push(`${tenantId} ${limit}`),
    }),
    config: { host: '127.0.0.1', port: 0, version: '0.0.0', limits: all },
    intake,
    authenticator,
    webhooks: { findWebhook },
    logger: pino({ level: 'silent' }),
    telemetry,
  });
  const address = await service.start();
  const running: RunningCollector = {
    address,
    service,
    telemetry,
    bodies,
    published,
    tenantLimits,
    fault: undefined,
  };
  return running;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

export async function post(
  address: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(address, {
    method: 'POST',
    body,
    headers: { authorization: 'Bearer good', 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
