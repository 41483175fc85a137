import type { BrandingRequest, RejectedEvent, TenantBranding } from '@coditect/contracts';
import type { Intake } from '../collector/intake.js';
import type { AuditLog } from '../platform/audit.js';
import type { AuditTrail } from '../platform/audit-trail.js';
import type { DeadLetterReplay } from '../messaging/dead-letter-replay.js';
import type { BrandingSettings } from '../platform/branding.js';
import type { DeadLetterReader } from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import { createRedactionStore } from '../platform/redaction.js';
import type { GoalSettings } from '../platform/goals.js';
import { putMinGroupSize } from '../platform/min-group-size.js';
import type { RollupReport, RollupRequest } from '../platform/rollup-requests.js';
import type { ControlStore, KeyRecord, MigrationStatus, Scope, Tenant } from '../platform/tenancy.js';
import type { WebhookKind, WebhookRecord } from '../platform/webhooks.js';
import {
  createAuditOperations,
  recordOperations,
  recordReplays,
  type AuditOperations,
} from './audit-operations.js';
import {
  createDeadLetterLookups,
  createDeadLetterReplays,
  type DeadLetterLookups,
  type DeadLetterReplays,
} from './dead-letter-operations.js';
import { createGoalOperations, type GoalOperations } from './goal-operations.js';
import { createRedactionOperations, type RedactionOperations } from './redaction-operations.js';
import { createUserOperations, type UserOperations } from './user-operations.js';
import { createLimitOperations, type LimitOperations, type LimitSettings } from './limit-operations.js';

/** A key at its creation, the only time at which it is shown. */
export interface CreatedKey extends KeyRecord {
  readonly key: string;
}

/** A webhook at its creation, the only time at which its secret is shown. */
export interface CreatedWebhook extends WebhookRecord {
  readonly secret: string;
}

/** What became of the events of one chunk. */
export interface ImportReceipt {
  readonly accepted: number;
  /** The part of `accepted` that was stored already; `null` where a broker stands between. */
  readonly duplicates: number | null;
  readonly rejected: readonly RejectedEvent[];
}

/** A migration of one of the stores. */
export interface MigrationEntry extends MigrationStatus {
  readonly store: string;
}

/** How often a tenant's events are counted in raw and in each aggregate, and where these disagree. Sums are decimal text. */
export interface Verification {
  readonly counts: Readonly<Record<string, number | string>>;
  readonly differences: readonly string[];
}

/** Tenants with branding, goals, limits and roles of users, keys, webhooks, and a look at dead letters. A tenant is named by its id or by its name. */
export interface ControlOperations
  extends
    DeadLetterLookups,
    GoalOperations,
    LimitOperations,
    RedactionOperations,
    AuditOperations,
    UserOperations {
  createTenant(name: string, options: { readonly timeZone: string }): Promise<Tenant>;
  listTenants(): Promise<readonly Tenant[]>;
  /** Throws `AppError` `tenant_unknown`. */
  getTenant(idOrName: string): Promise<Tenant>;
  /** Parts of answers that hold fewer people are not told. Throws `AppError` `min_group_size_invalid`. */
  setMinGroupSize(
    idOrName: string,
    size: number,
  ): Promise<{ readonly tenant: string; readonly minGroupSize: number }>;
  getBranding(idOrName: string): Promise<TenantBranding>;
  putBranding(idOrName: string, request: BrandingRequest): Promise<TenantBranding>;
  /** Answers with what is left: nothing. */
  removeBranding(idOrName: string): Promise<TenantBranding>;
  createKey(
    idOrName: string,
    scopes: readonly Scope[],
    options?: { readonly lifeDays?: number | undefined },
  ): Promise<CreatedKey>;
  /** A new key for the same; the one of this id ends after the overlap. Throws `key_unknown`, `key_ended`. */
  rotateKey(id: string, options: { readonly overlapHours: number }): Promise<CreatedKey>;
  listKeys(idOrName?: string): Promise<readonly KeyRecord[]>;
  revokeKey(id: string): Promise<KeyRecord>;
  createWebhook(idOrName: string, kind: WebhookKind): Promise<CreatedWebhook>;
  listWebhooks(idOrName?: string): Promise<readonly WebhookRecord[]>;
  revokeWebhook(id: string): Promise<WebhookRecord>;
}

export interface EventOperations {
  /** Through the collector's intake. The tenant by its id. Sending the same again is harmless. */
  importEvents(
    tenantId: string,
    candidates: readonly { readonly index: number; readonly event: unknown }[],
  ): Promise<ImportReceipt>;
  verify(idOrName: string): Promise<Verification>;
}

export interface MigrationOperations {
  listMigrations(): Promise<readonly MigrationEntry[]>;
}

export interface RollupOperations {
  /** Makes days anew from what has landed. The tenant by its id or by its name. */
  rollUp(request: RollupRequest): Promise<RollupReport>;
}

/**
 * What an operator can do, whether it is done here or in the running instance. Errors are `AppError`, the same from
 * both.
 */
export interface Operations
  extends ControlOperations, EventOperations, MigrationOperations, RollupOperations, DeadLetterReplays {}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface ControlSettings {
  readonly branding: BrandingSettings;
  readonly goals: GoalSettings;
  readonly limits: LimitSettings;
  readonly audit: { readonly log: AuditLog; readonly trail: AuditTrail };
}

/** All of it straight in the control store and beside it. What is changed is written to the audit log. */
export function createControlOperations(
  control: ControlStore,
  deadLetters: DeadLetterReader,
  settings: ControlSettings,
): ControlOperations {
  async function getTenant(idOrName: string): Promise<Tenant> {
    const tenants = await control.listTenants();
    const found =
      tenants.find((tenant) => tenant.id === idOrName) ?? tenants.find((tenant) => tenant.name === idOrName);
    if (found !== undefined) return found;
    const shown = JSON.stringify(idOrName.slice(0, 64));
    throw new AppError('tenant_unknown', `There is no tenant ${shown}. Create it with: tenants create NAME`, {
      status: 404,
      pointer: '/tenant',
    });
  }
  async function findId(idOrName: string | undefined): Promise<string | undefined> {
    return idOrName === undefined ? undefined : (await getTenant(idOrName)).id;
  }
  const operations: ControlOperations = {
    ...createAuditOperations(settings.audit.log, findId),
    ...createDeadLetterLookups(deadLetters, async (idOrName) => (await getTenant(idOrName)).id),
    getTenant,
    createTenant: (name, options) => control.createTenant(name, options),
    listTenants: () => control.listTenants(),
    async setMinGroupSize(idOrName, size) {
      const { id } = await getTenant(idOrName);
      await putMinGroupSize(control, id, size);
      return { tenant: id, minGroupSize: size };
    },
    ...createBrandingOperations(settings.branding, async (idOrName) => (await getTenant(idOrName)).id),
    ...createRedactionOperations(
      createRedactionStore(control),
      async (idOrName) => (await getTenant(idOrName)).id,
    ),
    ...createGoalOperations(settings.goals, async (idOrName) => (await getTenant(idOrName)).id),
    ...createUserOperations(control, async (idOrName) => (await getTenant(idOrName)).id),
    ...createLimitOperations(control, settings.limits, async (idOrName) => (await getTenant(idOrName)).id),
    createKey: async (idOrName, scopes, { lifeDays } = {}) =>
      control.createKey((await getTenant(idOrName)).id, scopes, {
        lifeMs: lifeDays === undefined ? undefined : lifeDays * dayMs,
      }),
    rotateKey: (id, { overlapHours }) => control.rotateKey(id, { overlapMs: overlapHours * hourMs }),
    listKeys: async (idOrName) => control.listKeys(await findId(idOrName)),
    revokeKey: (id) => control.revokeKey(id),
    createWebhook: async (idOrName, kind) =>
      control.webhooks.createWebhook((await getTenant(idOrName)).id, kind),
    listWebhooks: async (idOrName) => control.webhooks.listWebhooks(await findId(idOrName)),
    revokeWebhook: (id) => control.webhooks.revokeWebhook(id),
  };
  return recordOperations(operations, settings.audit.trail);
}

type BrandingOperations = Pick<ControlOperations, 'getBranding' | 'putBranding' | 'removeBranding'>;

function createBrandingOperations(
  branding: BrandingSettings,
  getId: (idOrName: string) => Promise<string>,
): BrandingOperations {
  return {
    getBranding: async (idOrName) => branding.get(await getId(idOrName)),
    putBranding: async (idOrName, request) => branding.put(await getId(idOrName), request),
    async removeBranding(idOrName) {
      const id = await getId(idOrName);
      await branding.remove(id);
      return branding.get(id);
    },
  };
}

export interface OperationsOptions {
  readonly control: ControlStore;
  readonly branding: BrandingSettings;
  readonly goals: GoalSettings;
  readonly limits: LimitSettings;
  readonly audit: ControlSettings['audit'];
  readonly deadLetters: DeadLetterReader;
  readonly replay: DeadLetterReplay;
  readonly intake: Pick<Intake, 'accept'>;
  readonly verify: (tenantId: string) => Promise<Verification>;
  readonly listMigrations: () => Promise<readonly MigrationEntry[]>;
  readonly rollUp: RollupOperations['rollUp'];
}

/** Everything, on stores that this process has open. */
export function createOperations(options: OperationsOptions): Operations {
  const control = createControlOperations(options.control, options.deadLetters, options);
  return {
    ...control,
    ...recordReplays(
      createDeadLetterReplays(options.replay, async (idOrName) => (await control.getTenant(idOrName)).id),
      { trail: options.audit.trail, findId: async (idOrName) => (await control.getTenant(idOrName)).id },
    ),
    async importEvents(tenantId, candidates) {
      const tenant = await options.control.findTenant(tenantId);
      if (tenant === undefined) {
        throw new AppError('tenant_unknown', `There is no tenant ${JSON.stringify(tenantId.slice(0, 64))}.`, {
          status: 404,
          pointer: '/tenant',
        });
      }
      const receipt = await options.intake.accept(tenant, candidates);
      options.audit.trail.countParts({
        tenantId,
        actor: { kind: 'commandLine' },
        action: 'events.imported',
        counts: { accepted: receipt.accepted, rejected: receipt.rejected.length },
      });
      return receipt;
    },
    verify: async (idOrName) => options.verify((await control.getTenant(idOrName)).id),
    listMigrations: () => options.listMigrations(),
    rollUp: async ({ tenant, ...days }) =>
      options.rollUp(tenant === undefined ? days : { ...days, tenant: (await control.getTenant(tenant)).id }),
  };
}
