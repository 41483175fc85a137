import { z } from 'zod';
import type { AuditRecord, AuditShortening } from '../../platform/audit.js';
import type { SqlDatabase, SqlExecutor } from '../postgres/sql-executor.js';
import {
  describeStart,
  headRow,
  holdChain,
  platformChain,
  shortenedAction,
  toHex,
  verifyChain,
} from './audit-chain.js';

const chainRow = z.object({ tenant_id: z.string() });
const cutRow = z.object({ cut: z.coerce.number(), others: z.coerce.number() });

type Append = (executor: SqlExecutor, chain: string, records: readonly AuditRecord[]) => Promise<void>;

/**
 * Chain by chain, each alone and in one step: what is left begins where an entry of it says. One that fails keeps all it has,
 * and the others are dealt with before the failures are thrown together.
 */
export async function shortenChains(
  database: SqlDatabase,
  before: Date,
  append: Append,
): Promise<AuditShortening> {
  const rows = await database.query('SELECT DISTINCT tenant_id FROM control.audit_log WHERE at < $1', [
    before,
  ]);
  const broken: (string | null)[] = [];
  const failures: unknown[] = [];
  let removed = 0;
  for (const { tenant_id: chain } of rows.map((row) => chainRow.parse(row))) {
    const shortened = database.transaction(async (executor) => {
      await holdChain(executor, chain);
      return shorten(executor, { chain, before, append });
    });
    const gone = await shortened.catch((cause: unknown) => {
      failures.push(new Error(`the audit log of ${chain} keeps what is too old`, { cause }));
      return 0;
    });
    if (gone === 'broken') broken.push(chain === platformChain ? null : chain);
    else removed += gone;
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} audit logs were not shortened`);
  return { removed, broken };
}

async function shorten(
  executor: SqlExecutor,
  { append, before, chain }: { readonly chain: string; readonly before: Date; readonly append: Append },
): Promise<number | 'broken'> {
  const cut = await findCut(executor, chain, before);
  if (cut === undefined) return 0;
  const tenantId = chain === platformChain ? undefined : chain;
  if ((await verifyChain(executor, tenantId)).broken !== null) return 'broken';
  const [row] = await executor.query(
    'SELECT position, hash FROM control.audit_log WHERE tenant_id = $1 AND position = $2',
    [chain, cut],
  );
  const { hash, position } = headRow.parse(row);
  const target = describeStart({ position, hash: toHex(hash) });
  const actor = { kind: 'process', name: 'retention' } as const;
  const record = { tenantId, actor, action: shortenedAction, target, outcome: 'done' } as const;
  await append(executor, chain, [{ ...record, at: new Date(), details: { before: before.toISOString() } }]);
  await executor.query(
    `INSERT INTO control.audit_starts (tenant_id, position, hash) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position, hash = excluded.hash`,
    [chain, position, hash],
  );
  const gone = await executor.query(
    'DELETE FROM control.audit_log WHERE tenant_id = $1 AND position <= $2 RETURNING position',
    [chain, position],
  );
  return gone.length;
}

/** The last entry before the first one that stays. Where nothing else would go than word of what went, it stays, too. */
async function findCut(executor: SqlExecutor, chain: string, before: Date): Promise<number | undefined> {
  const [row] = await executor.query(
    `WITH stays AS (
       SELECT coalesce(min(position) FILTER (WHERE at >= $2), max(position) + 1) AS first
       FROM control.audit_log WHERE tenant_id = $1)
     SELECT coalesce(max(position), 0)::text AS cut, (count(*) FILTER (WHERE action <> $3))::text AS others
     FROM control.audit_log, stays WHERE tenant_id = $1 AND position < stays.first`,
    [chain, before, shortenedAction],
  );
  const { cut, others } = cutRow.parse(row);
  return others > 0 ? cut : undefined;
}
