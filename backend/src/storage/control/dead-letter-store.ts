import { randomUUID } from 'node:crypto';
import type { EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';
import {
  deadLetterOrigins,
  deadLetterStates,
  everyTenant,
  shownEventsMax,
  tellReason,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterStore,
  type DeadLetterSummary,
  type LetterScope,
} from '../../platform/dead-letters.js';
import {
  countByTenant,
  decodeEvents,
  encodeEvents,
  fitLetter,
  mergeEvents,
  readCursor,
  writeCursor,
} from './letter-content.js';
import type { SqlDatabase, SqlExecutor } from '../postgres/sql-executor.js';

export interface DeadLetterStoreOptions {
  /** With the tables of the control store's migrations. */
  readonly database: SqlDatabase;
  /** How long a letter is kept after it was last given up. */
  readonly retentionDays: number;
  readonly now: () => Date;
}

const dayMs = 86_400_000;

const summaryRow = z.object({
  letter_id: z.string(),
  message_id: z.string(),
  origin: z.enum(deadLetterOrigins),
  code: z.string(),
  reason: z.string(),
  attempts: z.int(),
  events_count: z.int(),
  own_events: z.int(),
  first_at: z.date(),
  last_at: z.date(),
  state: z.enum(deadLetterStates),
  replayed_at: z.date().nullable(),
  replays: z.int(),
});
const contentRow = z.object({
  events: z.instanceof(Uint8Array),
  raw_tenant_id: z.string().nullable(),
  raw_content_type: z.string().nullable(),
  raw_body: z.instanceof(Uint8Array).nullable(),
});
const wholeRow = z.object({ ...summaryRow.shape, ...contentRow.shape, times_given_up: z.int() });
const countRow = z.object({ letters: z.int() });
const expiredRow = z.object({ state: z.enum(deadLetterStates), letters: z.int(), events: z.int() });
const letterIdSchema = z.uuid();

/** Dead letters in PostgreSQL, beside the control data. */
export function createDeadLetterStore(options: DeadLetterStoreOptions): DeadLetterStore {
  const { database, now, retentionDays } = options;
  return {
    async add(letter) {
      await addLetter(database, fitLetter(letter), now());
    },
    ...createReads(database),
    async markReplayed(id, version) {
      const marked = await database.query(
        `UPDATE control.dead_letters SET state = 'replayed', replayed_at = $3, replays = replays + 1
         WHERE letter_id = $1 AND times_given_up = $2 RETURNING letter_id`,
        [id, version, now()],
      );
      return marked.length > 0;
    },
    async removeExpired(at) {
      const rows = await database.query(
        `WITH gone AS (DELETE FROM control.dead_letters WHERE last_at < $1 RETURNING state, events_count)
         SELECT state, count(*)::integer AS letters, sum(events_count)::integer AS events
         FROM gone GROUP BY state`,
        [new Date(at.getTime() - retentionDays * dayMs)],
      );
      const removed = rows.map((row) => expiredRow.parse(row));
      const waiting = removed.find((row) => row.state === 'waiting');
      return {
        letters: removed.reduce((sum, row) => sum + row.letters, 0),
        waiting: { letters: waiting?.letters ?? 0, events: waiting?.events ?? 0 },
      };
    },
  };
}

type Reads = Pick<DeadLetterStore, 'list' | 'countFrom' | 'find' | 'findWhole'>;

function createReads(database: SqlDatabase): Reads {
  return {
    async list(scope, filter, { limit, cursor, order }) {
      const found = await readPage(database, scope, { filter, limit: limit + 1, cursor, order });
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const isLast = found.length <= limit || last === undefined;
      const next = isLast ? null : writeCursor({ firstAt: last.first_at, id: last.letter_id });
      return { letters: shown.map(toSummary), next };
    },
    async countFrom(scope, filter, cursor) {
      const { from, key, tenant } = viewOf(scope);
      const { firstAt, id } = readCursor(cursor);
      const [row] = await database.query(
        `SELECT count(*)::integer AS letters ${from} ${matches}
         AND (${key}.first_at, ${key}.letter_id) > ($5::timestamptz, $6::uuid)`,
        [tenant, ...valuesOf(filter), firstAt, id],
      );
      return countRow.parse(row).letters;
    },
    async find(scope, id) {
      const row = await findRow(database, scope, id);
      if (row === undefined) return undefined;
      const events = await decodeEvents(row.events);
      const own = scope === everyTenant ? events : events.filter((event) => event.tenantId === scope);
      const firstEvents = own.slice(0, shownEventsMax);
      // Bytes may hold anything, so they are nobody's business but their tenant's.
      const isRawSeen = scope === everyTenant || scope === row.raw_tenant_id;
      const bytes = isRawSeen ? row.raw_body?.length : undefined;
      return {
        ...toSummary(row),
        firstEvents,
        truncated: own.length > firstEvents.length,
        raw: bytes === undefined ? null : { contentType: row.raw_content_type ?? '', bytes },
      };
    },
    async findWhole(scope, id) {
      const row = await findRow(database, scope, id);
      if (row === undefined) return undefined;
      const letter = toLetter(row, await decodeEvents(row.events));
      return { letter, version: row.times_given_up };
    },
  };
}

/** What one who asks can see: a tenant through its own rows, the operator everything. */
interface View {
  readonly from: string;
  /** The table by which it is ordered, so that an index serves it. */
  readonly key: 'owned' | 'letter';
  readonly ownEvents: string;
  readonly tenant: string | null;
}

function viewOf(scope: LetterScope): View {
  if (scope === everyTenant) {
    const from = 'FROM control.dead_letters AS letter WHERE $1::text IS NULL';
    return { from, key: 'letter', ownEvents: 'letter.events_count', tenant: null };
  }
  const from = `FROM control.dead_letter_tenants AS owned
    JOIN control.dead_letters AS letter ON letter.letter_id = owned.letter_id WHERE owned.tenant_id = $1`;
  return { from, key: 'owned', ownEvents: 'owned.events', tenant: scope };
}

const summaryColumns = `letter.letter_id, letter.message_id, letter.origin, letter.code, letter.reason,
  letter.attempts, letter.events_count, letter.first_at, letter.last_at, letter.state, letter.replayed_at,
  letter.replays`;
const matches = `AND ($2::text IS NULL OR letter.state = $2) AND ($3::text IS NULL OR letter.code = $3)
  AND ($4::text IS NULL OR letter.origin = $4)`;

function valuesOf({ state, code, origin }: DeadLetterFilter): readonly (string | null)[] {
  return [state ?? null, code ?? null, origin ?? null];
}

interface PageRequest {
  readonly filter: DeadLetterFilter;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly order: 'newest' | 'oldest';
}

async function readPage(
  database: SqlDatabase,
  scope: LetterScope,
  { filter, limit, cursor, order }: PageRequest,
): Promise<readonly z.infer<typeof summaryRow>[]> {
  const { from, key, ownEvents, tenant } = viewOf(scope);
  const start = cursor === undefined ? undefined : readCursor(cursor);
  const [comparison, direction] = order === 'newest' ? ['<', 'DESC'] : ['>', 'ASC'];
  const rows = await database.query(
    `SELECT ${summaryColumns}, ${ownEvents} AS own_events ${from} ${matches}
     AND ($5::timestamptz IS NULL
       OR (${key}.first_at, ${key}.letter_id) ${comparison} ($5::timestamptz, $6::uuid))
     ORDER BY ${key}.first_at ${direction}, ${key}.letter_id ${direction} LIMIT $7::integer`,
    [tenant, ...valuesOf(filter), start?.firstAt ?? null, start?.id ?? null, limit],
  );
  return rows.map((row) => summaryRow.parse(row));
}

async function findRow(
  database: SqlDatabase,
  scope: LetterScope,
  id: string,
): Promise<z.infer<typeof wholeRow> | undefined> {
  if (!letterIdSchema.safeParse(id).success) return undefined;
  const { from, ownEvents, tenant } = viewOf(scope);
  const [row] = await database.query(
    `SELECT ${summaryColumns}, ${ownEvents} AS own_events, letter.times_given_up, letter.events,
       letter.raw_tenant_id, letter.raw_content_type, letter.raw_body ${from} AND letter.letter_id = $2::uuid`,
    [tenant, id],
  );
  return row === undefined ? undefined : wholeRow.parse(row);
}

function toSummary(row: z.infer<typeof summaryRow>): DeadLetterSummary {
  return {
    id: row.letter_id,
    messageId: row.message_id,
    origin: row.origin,
    code: row.code,
    reason: tellReason(row.code, row.reason, row.own_events === row.events_count),
    attempts: row.attempts,
    firstAt: row.first_at.toISOString(),
    at: row.last_at.toISOString(),
    state: row.state,
    replayedAt: row.replayed_at === null ? null : row.replayed_at.toISOString(),
    replays: row.replays,
    events: row.own_events,
    readable: row.events_count > 0,
  };
}

function toLetter(row: z.infer<typeof wholeRow>, events: readonly EventEnvelope[]): DeadLetter {
  const { message_id: messageId, origin, code, reason, attempts, raw_body: body } = row;
  const letter = { messageId, origin, code, reason, attempts, events };
  if (body === null) return letter;
  const tenantId = row.raw_tenant_id ?? undefined;
  return { ...letter, raw: { tenantId, contentType: row.raw_content_type ?? '', body: Buffer.from(body) } };
}

async function addLetter(database: SqlDatabase, letter: DeadLetter, at: Date): Promise<void> {
  const events = await encodeEvents(letter.events);
  await database.transaction(async (executor) => {
    // Between the conflict and the look at the other row, that row may expire.
    for (let isAdded = false; !isAdded;) {
      isAdded =
        (await insertLetter(executor, letter, events, at)) || (await mergeLetter(executor, letter, at));
    }
  });
}

async function insertLetter(
  executor: SqlExecutor,
  letter: DeadLetter,
  events: Buffer,
  at: Date,
): Promise<boolean> {
  const id = randomUUID();
  const { raw } = letter;
  const inserted = await executor.query(
    `INSERT INTO control.dead_letters (letter_id, message_id, origin, code, reason, attempts, events, events_count,
       raw_tenant_id, raw_content_type, raw_body, first_at, last_at, times_given_up, state, replays)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, 1, 'waiting', 0)
     ON CONFLICT (message_id, origin) DO NOTHING RETURNING letter_id`,
    [
      id,
      letter.messageId,
      letter.origin,
      letter.code,
      letter.reason,
      letter.attempts,
      events,
      letter.events.length,
      raw?.tenantId ?? null,
      raw?.contentType ?? null,
      raw?.body ?? null,
      at,
    ],
  );
  if (inserted.length === 0) return false;
  await putTenants(executor, { id, firstAt: at }, countByTenant(letter.events, raw?.tenantId));
  return true;
}

const keptRow = z.object({ ...contentRow.shape, letter_id: z.string(), first_at: z.date() });

/**
 * Gives the letter that is there its new reason and makes it wait again. Nothing of it is forgotten: two rows of one
 * message may be refused one after the other.
 */
async function mergeLetter(executor: SqlExecutor, letter: DeadLetter, at: Date): Promise<boolean> {
  const [found] = await executor.query(
    `SELECT letter_id, first_at, events, raw_tenant_id, raw_content_type, raw_body FROM control.dead_letters
     WHERE message_id = $1 AND origin = $2 FOR UPDATE`,
    [letter.messageId, letter.origin],
  );
  if (found === undefined) return false;
  const kept = keptRow.parse(found);
  const { raw } = letter;
  await executor.query(
    `UPDATE control.dead_letters SET code = $2, reason = $3, attempts = $4, last_at = $5, state = 'waiting',
       times_given_up = times_given_up + 1, raw_tenant_id = coalesce($6, raw_tenant_id),
       raw_content_type = coalesce($7, raw_content_type), raw_body = coalesce($8, raw_body)
     WHERE letter_id = $1`,
    [
      kept.letter_id,
      letter.code,
      letter.reason,
      letter.attempts,
      at,
      raw?.tenantId ?? null,
      raw?.contentType ?? null,
      raw?.body ?? null,
    ],
  );
  const merged = mergeEvents(await decodeEvents(kept.events), letter.events);
  if (merged !== undefined) {
    await executor.query(
      'UPDATE control.dead_letters SET events = $2, events_count = $3 WHERE letter_id = $1',
      [kept.letter_id, await encodeEvents(merged), merged.length],
    );
    const position = { id: kept.letter_id, firstAt: kept.first_at };
    await putTenants(
      executor,
      position,
      countByTenant(merged, raw?.tenantId ?? kept.raw_tenant_id ?? undefined),
    );
  }
  return true;
}

async function putTenants(
  executor: SqlExecutor,
  { id, firstAt }: { readonly id: string; readonly firstAt: Date },
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  await executor.query(
    `INSERT INTO control.dead_letter_tenants (tenant_id, letter_id, first_at, events)
     SELECT tenant_id, $1::uuid, $2::timestamptz, events
     FROM unnest($3::text[], $4::integer[]) AS owned (tenant_id, events)
     ON CONFLICT (tenant_id, letter_id) DO UPDATE SET events = excluded.events`,
    [id, firstAt, [...counts.keys()], [...counts.values()]],
  );
}
