import { auditEntrySchema, type AuditEntry, type AuditLog, type AuditRecord } from '../../platform/audit.js';
import type { SqlDatabase, SqlExecutor } from '../postgres/sql-executor.js';
import {
  auditRow,
  columns,
  hashOf,
  holdChain,
  headRow,
  noHash,
  platformChain,
  toHex,
  verifyChain,
  type AuditRow,
  type Head,
} from './audit-chain.js';
import { shortenChains } from './audit-shortening.js';

const targetCharsMax = 200;

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
    // At one moment: a beginning that goes meanwhile would look like one that somebody took away.
    verify: (tenantId, noted) =>
      database.transaction(async (executor) => {
        await executor.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
        return verifyChain(executor, tenantId, noted);
      }),
    shorten: (before) => shortenChains(database, before, appendTo),
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
  await holdChain(executor, chain);
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
