import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  auditEntrySchema,
  type AuditEntry,
  type AuditLog,
  type AuditRecord,
  type AuditVerification,
  type NotedHead,
} from '../../platform/audit.js';
import type { SqlDatabase, SqlExecutor } from '../postgres/sql-executor.js';

/** Entries that are in memory at once while a chain is read. */
const pageMax = 1_000;
const targetCharsMax = 200;
const noHash = new Uint8Array(32);
const platformChain = '';

const columns =
  'tenant_id, position, at, actor, action, target, outcome, details, previous_hash, hash' as const;
const auditRow = z.object({
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
type AuditRow = z.infer<typeof auditRow>;
type Head = Pick<AuditRow, 'position' | 'hash'>;
const headRow = z.object({ position: z.coerce.number(), hash: z.instanceof(Uint8Array) });

/** The audit log in PostgreSQL. */
export function createAuditStore(database: SqlDatabase): AuditLog {
  return {
    async append(records) {
      if (records.length === 0) return;
      const chains = new Map<string, AuditRecord[]>();
      for (const record of records) {
        const chain = record.tenantId ?? platformChain;
        chains.set(chain, [...(chains.get(chain) ?? []), record]);
      }
      await database.transaction(async (executor) => {
        // In the same order everywhere, so that two writers can't wait for each other.
        for (const [chain, ofChain] of [...chains].sort(byName)) await appendTo(executor, chain, ofChain);
      });
    },
    async list(tenantId, { before, limit }) {
      const rows = await database.query(
        `SELECT ${columns} FROM control.audit_log
         WHERE tenant_id = $1 AND ($2::bigint IS NULL OR position < $2) ORDER BY position DESC LIMIT $3`,
        [tenantId ?? platformChain, before ?? null, limit],
      );
      const entries = rows.map((row) => toEntry(auditRow.parse(row)));
      const last = entries.at(-1)?.position ?? 1;
      return { entries, nextBefore: last > 1 ? last : null };
    },
    verify: (tenantId, noted) => verifyChain(database, tenantId, noted),
  };
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

async function appendTo(
  executor: SqlExecutor,
  chain: string,
  records: readonly AuditRecord[],
): Promise<void> {
  await executor.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`audit-log ${chain}`]);
  const [last] = await executor.query(
    'SELECT position, hash FROM control.audit_log WHERE tenant_id = $1 ORDER BY position DESC LIMIT 1',
    [chain],
  );
  const head = last === undefined ? { position: 0, hash: noHash } : headRow.parse(last);
  let previous: Head = head;
  const rows = records.map((record) => {
    const row = toRow(chain, record, previous);
    previous = row;
    return row;
  });
  await executor.query(
    `INSERT INTO control.audit_log (${columns})
     SELECT $1, * FROM unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::bytea[], $10::bytea[])`,
    [
      chain,
      rows.map(({ position }) => position),
      rows.map(({ at }) => at),
      rows.map(({ actor }) => actor),
      rows.map(({ action }) => action),
      rows.map(({ target }) => target),
      rows.map(({ outcome }) => outcome),
      rows.map(({ details }) => details),
      rows.map((row) => row.previous_hash),
      rows.map(({ hash }) => hash),
    ],
  );
}

function toRow(chain: string, record: AuditRecord, previous: Head): AuditRow {
  const row = {
    tenant_id: chain,
    position: previous.position + 1,
    at: record.at,
    actor: JSON.stringify(record.actor),
    action: record.action,
    target: record.target === undefined ? null : toStorable(record.target),
    outcome: record.outcome,
    details: JSON.stringify(record.details ?? {}),
    previous_hash: previous.hash,
  };
  return { ...row, hash: new Uint8Array(hashOf(row)) };
}

/** PostgreSQL takes no NUL in a text, and UTF-8 no half of a pair. */
function toStorable(text: string): string {
  return text.slice(0, targetCharsMax).replaceAll(/[\p{Cc}\p{Cs}]/gu, '?');
}

/** Over all that an entry says, in one order and one spelling. */
function hashOf(row: Omit<AuditRow, 'hash'>): Buffer {
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

async function verifyChain(
  database: SqlExecutor,
  tenantId: string | undefined,
  noted: NotedHead | undefined,
): Promise<AuditVerification> {
  let head: NotedHead = { position: 0, hash: toHex(noHash) };
  let broken: AuditVerification['broken'] = null;
  for (let rows = await readOn(0); rows.length > 0 && broken === null; rows = await readOn(head.position)) {
    for (const row of rows) {
      const reason = findFault(row, head, noted);
      if (reason !== undefined) {
        broken = { position: head.position + 1, reason };
        break;
      }
      head = { position: row.position, hash: toHex(row.hash) };
    }
  }
  if (broken === null && noted !== undefined && noted.position > head.position)
    broken = { position: head.position + 1, reason: 'It is missing, and so is what follows.' };
  const hasHead = head.position > 0;
  return { tenant: tenantId ?? null, entries: head.position, head: hasHead ? head : null, broken };

  async function readOn(position: number): Promise<readonly AuditRow[]> {
    const rows = await database.query(
      `SELECT ${columns} FROM control.audit_log
       WHERE tenant_id = $1 AND position > $2 ORDER BY position LIMIT $3`,
      [tenantId ?? platformChain, position, pageMax],
    );
    return rows.map((row) => auditRow.parse(row));
  }
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

function toHex(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}

function toEntry(row: AuditRow): AuditEntry {
  return auditEntrySchema.parse({
    position: row.position,
    at: row.at.toISOString(),
    tenant: row.tenant_id === platformChain ? null : row.tenant_id,
    actor: readJson(row.actor),
    action: row.action,
    target: row.target,
    outcome: row.outcome,
    details: readJson(row.details),
    hash: toHex(row.hash),
  });
}

function readJson(text: string): unknown {
  return JSON.parse(text);
}
