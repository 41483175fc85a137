import type { Tenant } from './tenancy.js';

/** Who sends a webhook. */
export const webhookKinds = ['github'] as const;
export type WebhookKind = (typeof webhookKinds)[number];

/** A webhook as it is listed: never the secret. Times are ISO-8601 UTC. */
export interface WebhookRecord {
  readonly id: string;
  readonly tenant: string;
  readonly kind: WebhookKind;
  /** Is the secret encrypted where it is stored? */
  readonly encrypted: boolean;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

/** A webhook that is live, with the secret that its sender signs with. */
export interface Webhook {
  readonly id: string;
  readonly tenant: Tenant;
  readonly secret: string;
}

/** Webhooks of tenants, part of the control data. Writes are durable when they resolve. */
export interface WebhookStore {
  /** Throws `AppError` `tenant_unknown`. The secret is in this answer and in no other one. */
  createWebhook(tenantId: string, kind: WebhookKind): Promise<WebhookRecord & { readonly secret: string }>;
  listWebhooks(tenantId?: string): Promise<readonly WebhookRecord[]>;
  /** Throws `webhook_unknown`. Revoking twice is no error. */
  revokeWebhook(id: string): Promise<WebhookRecord>;
  /**
   * `undefined` for one that is unknown, revoked or of another kind. Throws `AppError` 503 `secrets_key_wrong` when its
   * secret was encrypted with another key than this process has.
   */
  findWebhook(id: string, kind: WebhookKind): Promise<Webhook | undefined>;
}
