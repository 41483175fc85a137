import { z } from 'zod';
import type { BrandingStore, StoredBranding } from '../../platform/branding.js';
import { AppError } from '../../platform/errors.js';
import type { SqlDatabase } from '../postgres/sql-executor.js';
import { lockToTenant } from '../postgres/tenant-role.js';

const brandingRow = z.object({
  colour: z.string().nullable(),
  logo: z.instanceof(Uint8Array).nullable(),
  updated_at: z.date(),
});

/** Branding in PostgreSQL. */
export function createBrandingStore(options: {
  readonly database: SqlDatabase;
  readonly now: () => Date;
}): BrandingStore {
  const { database, now } = options;
  return {
    async find(tenantId) {
      const [row] = await lockToTenant(database, tenantId).query(
        'SELECT colour, logo, updated_at FROM control.branding WHERE tenant_id = $1',
        [tenantId],
      );
      return row === undefined ? undefined : toBranding(row);
    },
    async put(tenantId, { colour, logo }) {
      const [row] = await lockToTenant(database, tenantId).query(
        `INSERT INTO control.branding (tenant_id, colour, logo, updated_at)
         SELECT tenant_id, $2, $3, $4 FROM control.tenants WHERE tenant_id = $1
         ON CONFLICT (tenant_id) DO UPDATE
         SET colour = excluded.colour, logo = excluded.logo, updated_at = excluded.updated_at
         RETURNING colour, logo, updated_at`,
        [tenantId, colour, logo, now()],
      );
      if (row !== undefined) return toBranding(row);
      const reason = `There is no tenant ${JSON.stringify(tenantId.slice(0, 64))}.`;
      throw new AppError('tenant_unknown', reason, { status: 404 });
    },
    async remove(tenantId) {
      await lockToTenant(database, tenantId).query('DELETE FROM control.branding WHERE tenant_id = $1', [
        tenantId,
      ]);
    },
  };
}

function toBranding(row: unknown): StoredBranding {
  const { colour, logo, updated_at: updatedAt } = brandingRow.parse(row);
  return { colour, logo, updatedAt };
}
