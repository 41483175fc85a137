import { brandingSchema, errorBodySchema, storedGoalsSchema } from '@coditect/contracts';
import { z } from 'zod';
import { auditPageSchema, auditVerificationSchema } from '../platform/audit.js';
import { backupRunSchema } from '../platform/backups.js';
import { deadLetterPageSchema, deadLetterViewSchema, replayReportSchema } from '../platform/dead-letters.js';
import { redactionSchema } from '../platform/redaction.js';
import { rollupReportSchema } from '../platform/rollup-requests.js';
import { AppError } from '../platform/errors.js';
import { findAdminFile } from './admin-file.js';
import {
  createdKeySchema,
  createdWebhookSchema,
  importReceiptSchema,
  keySchema,
  migrationSchema,
  minGroupSizeSchema,
  statusSchema,
  tenantSchema,
  verificationSchema,
  webhookSchema,
  type AdminFile,
} from './api.js';
import type { BackupOperations } from './backup-operations.js';
import type { GoalOperations } from './goal-operations.js';
import { limitsAnswerSchema, type LimitOperations } from './limit-operations.js';
import { usageOfTenantSchema } from '../platform/usage-of-tenant.js';
import type { Operations } from './operations.js';
import type { RedactionOperations } from './redaction-operations.js';
import { createRemoteSubjects } from './remote-subjects.js';
import type { SubjectOperations } from '../platform/subject-operations.js';
import { tenantUsersSchema, type UserOperations } from './user-operations.js';

/** What a running instance does. */
export type RemoteOperations = Operations & SubjectOperations & BackupOperations;

const requestTimeoutMs = 120_000;
const statusTimeoutMs = 3_000;

/** The instance that runs on a data folder; `undefined` when none answers there. */
export async function findRunningInstance(dataDir: string): Promise<RemoteOperations | undefined> {
  const file = await findAdminFile(dataDir);
  if (file === undefined) return undefined;
  const call = createCaller(file, statusTimeoutMs);
  try {
    await call('GET', '/status', statusSchema);
    return createRemoteOperations(file);
  } catch {
    return undefined;
  }
}

/** Everything, done by the running instance. Throws what the instance answered, or `instance_unreachable`, retryable. */
export function createRemoteOperations(file: AdminFile): RemoteOperations {
  const call = createCaller(file, requestTimeoutMs);
  const segment = encodeURIComponent;
  return {
    createTenant: (name, { timeZone }) => call('POST', '/tenants', tenantSchema, { name, timeZone }),
    listTenants: () => call('GET', '/tenants', z.array(tenantSchema)),
    getTenant: (idOrName) => call('GET', `/tenants/${segment(idOrName)}`, tenantSchema),
    getBranding: (tenant) => call('GET', `/tenants/${segment(tenant)}/branding`, brandingSchema),
    putBranding: (tenant, request) =>
      call('PUT', `/tenants/${segment(tenant)}/branding`, brandingSchema, request),
    removeBranding: (tenant) => call('DELETE', `/tenants/${segment(tenant)}/branding`, brandingSchema),
    ...createRemoteGoals(call),
    ...createRemoteLimits(call),
    ...createRemoteRedaction(call),
    ...createRemoteUsers(call),
    ...createRemoteSubjects(call),
    startBackup: (request) => call('POST', '/backups', backupRunSchema, request),
    getBackup: () => call('GET', '/backups/last', backupRunSchema),
    setMinGroupSize: (tenant, minGroupSize) =>
      call('PUT', `/tenants/${segment(tenant)}/min-group-size`, minGroupSizeSchema, { minGroupSize }),
    createKey: (tenant, scopes, options = {}) =>
      call('POST', '/keys', createdKeySchema, { tenant, scopes, ...options }),
    rotateKey: (id, options) => call('POST', `/keys/${segment(id)}/rotate`, createdKeySchema, options),
    listKeys: (tenant) =>
      call('GET', tenant === undefined ? '/keys' : `/keys?tenant=${segment(tenant)}`, z.array(keySchema)),
    revokeKey: (id) => call('POST', `/keys/${segment(id)}/revoke`, keySchema),
    createWebhook: (tenant, kind) => call('POST', '/webhooks', createdWebhookSchema, { tenant, kind }),
    listWebhooks: (tenant) =>
      call(
        'GET',
        tenant === undefined ? '/webhooks' : `/webhooks?tenant=${segment(tenant)}`,
        z.array(webhookSchema),
      ),
    revokeWebhook: (id) => call('POST', `/webhooks/${segment(id)}/revoke`, webhookSchema),
    importEvents: (tenant, candidates) =>
      call('POST', '/import', importReceiptSchema, { tenant, candidates }),
    verify: (idOrName) => call('GET', `/tenants/${segment(idOrName)}/verification`, verificationSchema),
    listMigrations: () => call('GET', '/migrations', z.array(migrationSchema)),
    rollUp: (request) => call('POST', '/rollups', rollupReportSchema, request),
    listDeadLetters: (query) => call('GET', `/dead-letters${toQueryString(query)}`, deadLetterPageSchema),
    getDeadLetter: (id, { tenant }) =>
      call('GET', `/dead-letters/${segment(id)}${toQueryString({ tenant })}`, deadLetterViewSchema),
    replayDeadLetter: (id, options) =>
      call('POST', `/dead-letters/${segment(id)}/replay`, replayReportSchema, options),
    listAudit: (query) => call('GET', `/audit${toQueryString(query)}`, auditPageSchema),
    verifyAudit: (options) => call('POST', '/audit/verify', auditVerificationSchema, options),
    replayDeadLetters: (query) => call('POST', '/dead-letters/replay', replayReportSchema, query),
  };
}

function createRemoteGoals(call: Call): GoalOperations {
  const segment = encodeURIComponent;
  const pathOf = (tenant: string): string => `/tenants/${segment(tenant)}/goals`;
  return {
    getGoals: (tenant) => call('GET', pathOf(tenant), storedGoalsSchema),
    replaceGoals: (tenant, goals) => call('PUT', pathOf(tenant), storedGoalsSchema, goals),
    putGoal: (tenant, { goal, kind }) =>
      call('PUT', `${pathOf(tenant)}/${kind}/${segment(goal.name)}`, storedGoalsSchema, goal),
    removeGoal: (tenant, kind, name) =>
      call('DELETE', `${pathOf(tenant)}/${kind}/${segment(name)}`, storedGoalsSchema),
  };
}

function createRemoteLimits(call: Call): LimitOperations {
  const of = (tenant: string): string => `/tenants/${encodeURIComponent(tenant)}`;
  return {
    getLimits: (tenant) => call('GET', `${of(tenant)}/limits`, limitsAnswerSchema),
    putLimits: (tenant, own) => call('PUT', `${of(tenant)}/limits`, limitsAnswerSchema, own),
    getUsage: (tenant) => call('GET', `${of(tenant)}/usage`, usageOfTenantSchema),
  };
}

function createRemoteRedaction(call: Call): RedactionOperations {
  const pathOf = (tenant: string): string => `/tenants/${encodeURIComponent(tenant)}/redaction`;
  return {
    getRedaction: (tenant) => call('GET', pathOf(tenant), redactionSchema),
    putRedaction: (tenant, rules) => call('PUT', pathOf(tenant), redactionSchema, { rules }),
  };
}

function createRemoteUsers(call: Call): UserOperations {
  const segment = encodeURIComponent;
  const pathOf = (tenant: string): string => `/tenants/${segment(tenant)}/users`;
  return {
    listUsers: (tenant) => call('GET', pathOf(tenant), tenantUsersSchema),
    putUser: (tenant, { role, user }) =>
      call('PUT', `${pathOf(tenant)}/${segment(user)}`, tenantUsersSchema, { role }),
    removeUser: (tenant, user) => call('DELETE', `${pathOf(tenant)}/${segment(user)}`, tenantUsersSchema),
  };
}

/** Of what was given; '' when nothing was. */
function toQueryString(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Call = <T>(method: Method, path: string, schema: z.ZodType<T>, body?: object) => Promise<T>;

function createCaller({ url, token }: AdminFile, timeoutMs: number): Call {
  return async (method, path, schema, body) => {
    const { status, text } = await send(`${url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = parseJson(text);
    if (status >= 400) throw readError(status, answer);
    return schema.parse(answer);
  };
}

async function send(
  url: string,
  request: RequestInit,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, request);
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    throw new AppError('instance_unreachable', 'The running instance does not answer any more.', {
      status: 503,
      retryable: true,
      cause,
    });
  }
}

function readError(status: number, answer: unknown): AppError {
  const { data } = errorBodySchema.safeParse(answer);
  if (data === undefined)
    return new AppError('instance_failed', `The running instance answered ${status}.`, { status });
  const { code, reason, pointer, limit, retryAfterSeconds } = data.error;
  return new AppError(code, reason, {
    status,
    retryable: status === 429 || status === 503,
    ...(pointer !== undefined && { pointer }),
    ...(limit !== undefined && { limit }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
