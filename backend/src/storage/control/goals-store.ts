import {
  budgetSchema,
  goalKinds,
  seatPriceSchema,
  targetSchema,
  type StoredGoals,
} from '@coditect/contracts';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import type { GoalOrigin, GoalsStore } from '../../platform/goals.js';
import type { SqlDatabase, SqlExecutor } from '../postgres/sql-executor.js';
import { actForTenant, lockToTenant } from '../postgres/tenant-role.js';
import { jsonText } from './report-rows.js';

const origin = z.enum(['api', 'file']);
const goalRow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('targets'), origin, document: jsonText(targetSchema) }),
  z.object({ kind: z.literal('budgets'), origin, document: jsonText(budgetSchema) }),
  z.object({ kind: z.literal('seatPrices'), origin, document: jsonText(seatPriceSchema) }),
]);

/** Goals in PostgreSQL. */
export function createGoalsStore(options: {
  readonly database: SqlDatabase;
  readonly now: () => Date;
}): GoalsStore {
  const { database, now } = options;
  return {
    async read(tenantId) {
      const rows = await lockToTenant(database, tenantId).query(
        'SELECT kind, origin, document FROM control.goals WHERE tenant_id = $1 ORDER BY name',
        [tenantId],
      );
      return collectGoals(rows);
    },
    async replace(tenantId, from, goals) {
      const at = now();
      await database.transaction(async (executor) => {
        await lockTenant(executor, tenantId);
        await actForTenant(executor, tenantId);
        await executor.query('DELETE FROM control.goals WHERE tenant_id = $1 AND origin = $2', [
          tenantId,
          from,
        ]);
        const all = goalKinds.flatMap((kind) => goals[kind].map((goal) => ({ kind, goal })));
        // One statement, so that its length is that of the goals and not of their number.
        await executor.query(
          `INSERT INTO control.goals (tenant_id, kind, name, origin, document, updated_at)
           SELECT $1, kind, name, $2, document, $3
           FROM unnest($4::text[], $5::text[], $6::text[]) AS goal (kind, name, document)`,
          [
            tenantId,
            from,
            at,
            all.map(({ kind }) => kind),
            all.map(({ goal }) => goal.name),
            all.map(({ goal }) => JSON.stringify(goal)),
          ],
        );
      });
    },
    async put(tenantId, { goal, kind }) {
      const [row] = await lockToTenant(database, tenantId).query(
        `INSERT INTO control.goals (tenant_id, kind, name, origin, document, updated_at)
         SELECT tenant_id, $2, $3, 'api', $4, $5 FROM control.tenants WHERE tenant_id = $1
         ON CONFLICT (tenant_id, kind, name, origin) DO UPDATE
         SET document = excluded.document, updated_at = excluded.updated_at
         RETURNING name`,
        [tenantId, kind, goal.name, JSON.stringify(goal), now()],
      );
      if (row === undefined) throw createUnknownTenantError(tenantId);
    },
    async remove(tenantId, kind, name) {
      const removed = await lockToTenant(database, tenantId).query(
        `DELETE FROM control.goals WHERE tenant_id = $1 AND kind = $2 AND name = $3 AND origin = 'api'
         RETURNING name`,
        [tenantId, kind, name],
      );
      return removed.length > 0;
    },
  };
}

/** Two who replace at the same time come one after the other. */
async function lockTenant(executor: SqlExecutor, tenantId: string): Promise<void> {
  const found = await executor.query(
    'SELECT tenant_id FROM control.tenants WHERE tenant_id = $1 FOR NO KEY UPDATE',
    [tenantId],
  );
  if (found.length === 0) throw createUnknownTenantError(tenantId);
}

/** A row that an earlier version wrote and this one can't read holds up no other: it is left out. */
function collectGoals(rows: readonly unknown[]): StoredGoals {
  const stored: Record<GoalOrigin, StoredGoals['api']> = {
    api: { targets: [], budgets: [], seatPrices: [] },
    file: { targets: [], budgets: [], seatPrices: [] },
  };
  for (const found of rows) {
    const row = goalRow.safeParse(found).data;
    if (row === undefined) continue;
    const goals = stored[row.origin];
    if (row.kind === 'targets') goals.targets.push(row.document);
    else if (row.kind === 'budgets') goals.budgets.push(row.document);
    else goals.seatPrices.push(row.document);
  }
  return stored;
}

function createUnknownTenantError(tenantId: string): AppError {
  const reason = `There is no tenant ${JSON.stringify(tenantId.slice(0, 64))}.`;
  return new AppError('tenant_unknown', reason, { status: 404, pointer: '/tenant' });
}
