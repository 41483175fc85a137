import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditVerification, NotedHead } from '../../platform/audit.js';
import type { SqlExecutor } from '../postgres/sql-executor.js';

/** Entries that are in memory at once while a chain is read. */
const pageMax = 1_000;
export const noHash = new Uint8Array(32);
export const platformChain = '';
export const shortenedAction = 'audit.shortened';

export const columns =
  'tenant_id, position, at, actor, action, target, outcome, details, previous_hash, hash' as const;
export const auditRow = z.object({
  tenant_id: z.string(),
  position: z.coerce.number(),
  at: z.date(),
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  outcome: z.string(),
  details: z.string(),
  previous_hash: z.instanceof(Uint8Array),
  hash: z.instanceof(Uint8Array),
});
export type AuditRow = z.infer<typeof auditRow>;
export type Head = Pick<AuditRow, 'position' | 'hash'>;
export const headRow = z.object({ position: z.coerce.number(), hash: z.instanceof(Uint8Array) });

/** Whoever adds to a chain, or takes from it, is alone until the transaction ends. */
export async function holdChain(executor: SqlExecutor, chain: string): Promise<void> {
  await executor.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`audit-log ${chain}`]);
}

/** Over all that an entry says, in one order and one spelling. */
export function hashOf(row: Omit<AuditRow, 'hash'>): Buffer {
  const { tenant_id: chain, position, at, actor, action, target, outcome, details } = row;
  const said = [
    toHex(row.previous_hash),
    chain,
    position,
    at.toISOString(),
    actor,
    action,
    target,
    outcome,
    details,
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest();
}

export function toHex(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}

export async function verifyChain(
  executor: SqlExecutor,
  tenantId: string | undefined,
  noted?: NotedHead,
): Promise<AuditVerification> {
  const chain = tenantId ?? platformChain;
  const start = await readStart(executor, chain);
  let head = start;
  // What was removed has to be told of by an entry that is there.
  let isTold = start.position === 0;
  let broken = findFaultOfNoted(start, noted);
  for (let rows = await readOn(); rows.length > 0 && broken === null; rows = await readOn()) {
    for (const row of rows) {
      const reason = findFault(row, head, noted);
      if (reason !== undefined) {
        broken = { position: head.position + 1, reason };
        break;
      }
      isTold ||= tellsOf(row, start);
      head = { position: row.position, hash: toHex(row.hash) };
    }
  }
  broken ??= isTold
    ? findFaultOfEnd(head, noted)
    : { position: start.position, reason: 'It is missing, and no entry says that it was removed.' };
  return {
    tenant: tenantId ?? null,
    entries: head.position - start.position,
    removed: start.position,
    head: head.position > 0 ? head : null,
    broken,
  };

  async function readOn(): Promise<readonly AuditRow[]> {
    const rows = await executor.query(
      `SELECT ${columns} FROM control.audit_log
       WHERE tenant_id = $1 AND position > $2 ORDER BY position LIMIT $3`,
      [chain, head.position, pageMax],
    );
    return rows.map((row) => auditRow.parse(row));
  }
}

/** The last entry that was removed; position 0 where none was. */
async function readStart(executor: SqlExecutor, chain: string): Promise<NotedHead> {
  const [row] = await executor.query('SELECT position, hash FROM control.audit_starts WHERE tenant_id = $1', [
    chain,
  ]);
  if (row === undefined) return { position: 0, hash: toHex(noHash) };
  const { hash, position } = headRow.parse(row);
  return { position, hash: toHex(hash) };
}

export function describeStart({ hash, position }: NotedHead): string {
  return `${position}:${hash}`;
}

function tellsOf({ action, outcome, target }: AuditRow, start: NotedHead): boolean {
  return action === shortenedAction && outcome === 'done' && target === describeStart(start);
}

function findFaultOfNoted(start: NotedHead, noted: NotedHead | undefined): AuditVerification['broken'] {
  if (noted === undefined || noted.position > start.position) return null;
  if (noted.position === start.position && noted.hash === start.hash) return null;
  return { position: noted.position, reason: 'It was removed by its age: expect one that was noted later.' };
}

function findFaultOfEnd(head: NotedHead, noted: NotedHead | undefined): AuditVerification['broken'] {
  if (noted === undefined || noted.position <= head.position) return null;
  return { position: head.position + 1, reason: 'It is missing, and so is what follows.' };
}

/** What is wrong with an entry that should follow the head. */
function findFault(row: AuditRow, head: NotedHead, noted: NotedHead | undefined): string | undefined {
  if (row.position !== head.position + 1) return 'It is missing.';
  if (toHex(row.previous_hash) !== head.hash) return 'It does not follow the one before it.';
  if (!hashOf(row).equals(row.hash)) return 'It was changed: its hash is of another content.';
  if (noted?.position === row.position && noted.hash !== toHex(row.hash))
    return 'It is not the one that was noted.';
  return undefined;
}
