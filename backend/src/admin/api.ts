import { rejectedEventSchema } from '@coditect/contracts';
import { z } from 'zod';
import { auditQuerySchema } from '../platform/audit.js';
import { deadLetterQuerySchema, replayAllSchema, replayOneSchema } from '../platform/dead-letter-requests.js';
import { minGroupSizeMax } from '../platform/min-group-size.js';
import { scopes } from '../platform/tenancy.js';
import { webhookKinds } from '../platform/webhooks.js';

// What goes over the admin endpoint. Server and client read the same schemas.

export const tenantSchema = z.object({ id: z.string(), name: z.string(), timeZone: z.string() });

export const keySchema = z.object({
  id: z.string(),
  tenant: z.string(),
  scopes: z.array(z.enum(scopes)),
  prefix: z.string(),
  createdAt: z.string(),
  revokedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  replaces: z.string().nullable(),
});

export const createdKeySchema = z.object({ ...keySchema.shape, key: z.string() });

export const createTenantSchema = z.object({ name: z.string(), timeZone: z.string() });

export const minGroupSizeSchema = z.object({ tenant: z.string(), minGroupSize: z.int() });

export const setMinGroupSizeSchema = z.object({ minGroupSize: z.int().min(1).max(minGroupSizeMax) });

export const keyLifeDaysMax = 36_500;
export const keyOverlapHoursMax = 8_760;

export const createKeySchema = z.object({
  tenant: z.string(),
  scopes: z.array(z.enum(scopes)).min(1),
  /** Without it the key is good until it is revoked. */
  lifeDays: z.number().positive().max(keyLifeDaysMax).optional(),
});

export const rotateKeySchema = z.object({
  /** How long the old key stays good beside the new one. */
  overlapHours: z.number().min(0).max(keyOverlapHoursMax),
});

export const webhookSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  kind: z.enum(webhookKinds),
  encrypted: z.boolean(),
  createdAt: z.string(),
  revokedAt: z.string().nullable(),
});

export const createdWebhookSchema = z.object({ ...webhookSchema.shape, secret: z.string() });

export const createWebhookSchema = z.object({ tenant: z.string(), kind: z.enum(webhookKinds) });

export const importSchema = z.object({
  tenant: z.string(),
  candidates: z.array(z.object({ index: z.int().min(0), event: z.unknown() })).max(10_000),
});

export const importReceiptSchema = z.object({
  accepted: z.int(),
  duplicates: z.int().nullable(),
  rejected: z.array(rejectedEventSchema),
});

export const migrationSchema = z.object({
  store: z.string(),
  number: z.int(),
  name: z.string(),
  checksum: z.string(),
  appliedAt: z.string().nullable(),
});

export const verificationSchema = z.object({
  counts: z.record(z.string(), z.union([z.number(), z.string()])),
  differences: z.array(z.string()),
});

export const letterTenantSchema = z.object({ tenant: z.string().optional() });

export const letterQuerySchema = z.object({ ...deadLetterQuerySchema.shape, ...letterTenantSchema.shape });

export const replayLetterSchema = z.strictObject({ ...replayOneSchema.shape, ...letterTenantSchema.shape });

export const replayLettersSchema = z.strictObject({ ...replayAllSchema.shape, ...letterTenantSchema.shape });

const auditTenantSchema = z.object({ tenant: z.string().optional() });

export const auditListSchema = z.object({ ...auditQuerySchema.shape, ...auditTenantSchema.shape });

export const verifyAuditSchema = z.object({
  ...auditTenantSchema.shape,
  noted: z.object({ position: z.int().min(1), hash: z.string() }).optional(),
});

export const statusSchema = z.object({
  service: z.literal('admin'),
  version: z.string(),
  pid: z.int(),
  startedAt: z.string(),
});

/** `DATA_DIR/admin.json`: where the running instance is, and the secret that opens its admin endpoint. */
export const adminFileSchema = z.object({ url: z.url(), token: z.string().min(1), pid: z.int() });
export type AdminFile = z.infer<typeof adminFileSchema>;
