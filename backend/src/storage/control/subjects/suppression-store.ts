import { z } from 'zod';
import type { SuppressionStore } from '../../../platform/subjects.js';
import type { SqlDatabase } from '../../postgres/sql-executor.js';

const digestRow = z.object({ digest: z.string() });

export function createSuppressionStore(options: {
  readonly database: SqlDatabase;
  readonly now: () => Date;
}): SuppressionStore {
  const { database, now } = options;
  return {
    async suppress(tenantId, digest, reason) {
      await database.query(
        `INSERT INTO control.suppressions (tenant_id, digest, reason, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, digest) DO UPDATE SET reason = excluded.reason`,
        [tenantId, digest, reason, now()],
      );
    },
    async lift(tenantId, digest) {
      await database.query('DELETE FROM control.suppressions WHERE tenant_id = $1 AND digest = $2', [
        tenantId,
        digest,
      ]);
    },
    async list(tenantId) {
      const rows = await database.query('SELECT digest FROM control.suppressions WHERE tenant_id = $1', [
        tenantId,
      ]);
      return new Set(rows.map((row) => digestRow.parse(row).digest));
    },
    async listErased(tenantId) {
      const rows = await database.query(
        `SELECT digest FROM control.suppressions WHERE tenant_id = $1 AND reason = 'erased'`,
        [tenantId],
      );
      return new Set(rows.map((row) => digestRow.parse(row).digest));
    },
  };
}
