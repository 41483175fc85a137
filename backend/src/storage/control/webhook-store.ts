import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import {
  webhookKinds,
  type WebhookKind,
  type WebhookRecord,
  type WebhookStore,
} from '../../platform/webhooks.js';
import { createWebhookId, createWebhookSecret } from './key-secret.js';
import { isEncrypted, type SecretBox } from './secret-box.js';
import type { SqlDatabase } from '../postgres/sql-executor.js';

export interface WebhookStoreOptions {
  readonly database: SqlDatabase;
  readonly secrets: SecretBox;
  readonly now: () => Date;
}

const webhookRow = z.object({
  webhook_id: z.string(),
  tenant_id: z.string(),
  kind: z.enum(webhookKinds),
  secret: z.instanceof(Uint8Array),
  created_at: z.date(),
  revoked_at: z.date().nullable(),
});
const liveRow = z.object({
  webhook_id: z.string(),
  secret: z.instanceof(Uint8Array),
  tenant_id: z.string(),
  name: z.string(),
  time_zone: z.string(),
});

/** Webhooks in PostgreSQL. */
export function createWebhookStore(options: WebhookStoreOptions): WebhookStore {
  const { database, secrets } = options;
  return {
    createWebhook: (tenantId, kind) => insertWebhook(options, tenantId, kind),
    async listWebhooks(tenantId) {
      const rows = await database.query(
        `SELECT webhook_id, tenant_id, kind, secret, created_at, revoked_at FROM control.webhooks
         WHERE $1::text IS NULL OR tenant_id = $1 ORDER BY tenant_id, created_at, webhook_id`,
        [tenantId ?? null],
      );
      return rows.map((row) => toRecord(webhookRow.parse(row)));
    },
    async revokeWebhook(id) {
      const [row] = await database.query(
        `UPDATE control.webhooks SET revoked_at = coalesce(revoked_at, $2) WHERE webhook_id = $1
         RETURNING webhook_id, tenant_id, kind, secret, created_at, revoked_at`,
        [id, options.now()],
      );
      if (row !== undefined) return toRecord(webhookRow.parse(row));
      const reason = `There is no webhook with the id ${JSON.stringify(id.slice(0, 64))}.`;
      throw new AppError('webhook_unknown', reason, { status: 404 });
    },
    async findWebhook(id, kind) {
      const [row] = await database.query(
        `SELECT webhook_id, secret, webhooks.tenant_id, name, time_zone
         FROM control.webhooks JOIN control.tenants ON tenants.tenant_id = webhooks.tenant_id
         WHERE webhook_id = $1 AND kind = $2 AND revoked_at IS NULL`,
        [id, kind],
      );
      if (row === undefined) return undefined;
      const live = liveRow.parse(row);
      return {
        id,
        tenant: { id: live.tenant_id, name: live.name, timeZone: live.time_zone },
        secret: secrets.open(live.secret, id),
      };
    },
  };
}

async function insertWebhook(
  { database, secrets, now }: WebhookStoreOptions,
  tenantId: string,
  kind: WebhookKind,
): Promise<WebhookRecord & { readonly secret: string }> {
  const id = createWebhookId();
  const secret = createWebhookSecret();
  const [row] = await database.query(
    `INSERT INTO control.webhooks (webhook_id, tenant_id, kind, secret, created_at)
     SELECT $1, tenant_id, $3, $4, $5 FROM control.tenants WHERE tenant_id = $2
     RETURNING webhook_id, tenant_id, kind, secret, created_at, revoked_at`,
    [id, tenantId, kind, secrets.seal(secret, id), now()],
  );
  if (row !== undefined) return { ...toRecord(webhookRow.parse(row)), secret };
  const reason = `There is no tenant ${JSON.stringify(tenantId.slice(0, 64))}.`;
  throw new AppError('tenant_unknown', reason, { status: 404 });
}

function toRecord(row: z.infer<typeof webhookRow>): WebhookRecord {
  return {
    id: row.webhook_id,
    tenant: row.tenant_id,
    kind: row.kind,
    encrypted: isEncrypted(row.secret),
    createdAt: row.created_at.toISOString(),
    revokedAt: row.revoked_at === null ? null : row.revoked_at.toISOString(),
  };
}
