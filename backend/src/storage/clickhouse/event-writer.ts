import { createHash } from 'node:crypto';
import type { EventEnvelope, NumberColumn, TextColumn } from '@coditect/contracts';
import { eventEnvelopeSchema, numberColumns, textColumns } from '@coditect/contracts';
import { z } from 'zod';
import type { ClickHouse, InsertRequest } from './client.js';

const rawTable = 'events_raw_v1';
/** Has the columns of the raw table and keeps nothing. */
const checkTable = 'events_raw_check_v1';
/** A row for each time that an event was taken in again. */
const duplicatesTable = 'duplicate_events_v1';
/** A server takes at most 128 KiB in one parameter, and the name of a tenant in a list takes up to 66 bytes. */
const idsPerLookup = 1_900;

const columnOfText = new Map<TextColumn, string>(textColumns.map((name) => [name, toSnakeCase(name)]));
const columnOfNumber = new Map<NumberColumn, string>(numberColumns.map((name) => [name, toSnakeCase(name)]));

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * One line of JSONEachRow for events_raw_v1, without what is absent. Cost is written with nine decimals, as its column
 * keeps it. `messageKey` is that of the message that brings the event. Each column by name: an object of one shape is
 * written twice as fast as one that is filled in a loop.
 */
export function formatEventRow(event: EventEnvelope, messageKey?: string): string {
  return JSON.stringify({
    tenant_id: event.tenantId,
    event_id: event.eventId,
    message_key: messageKey,
    type: event.type,
    source: event.source,
    id: event.id,
    subject: event.subject,
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
    user_id: event.userId,
    session_id: event.sessionId,
    team: event.team,
    project: event.project,
    repository: event.repository,
    agent: event.agent,
    agent_version: event.agentVersion,
    model: event.model,
    workflow: event.workflow,
    tool: event.tool,
    language: event.language,
    kind: event.kind,
    status: event.status,
    method: event.method,
    route: event.route,
    duration_ms: event.durationMs,
    tokens_input: event.tokensInput,
    tokens_output: event.tokensOutput,
    tokens_cache_read: event.tokensCacheRead,
    tokens_cache_creation: event.tokensCacheCreation,
    tokens_reasoning: event.tokensReasoning,
    cost_usd: event.costUsd?.toFixed(9),
    status_code: event.statusCode,
    response_bytes: event.responseBytes,
    attributes: event.attributes,
    acceptance: event.acceptance,
  });
}

/** One line of JSONEachRow for duplicate_events_v1. */
function formatDuplicateRow(event: EventEnvelope): string {
  return JSON.stringify({
    tenant_id: event.tenantId,
    type: event.type,
    occurred_at: event.occurredAt,
    event_id: event.eventId,
    acceptance: event.acceptance,
    received_at: event.receivedAt,
  });
}

const rowSchema = z.record(z.string(), z.unknown());

/** The event of a line that `formatEventRow` made. Throws when the line is anything else. */
function parseEventRow(line: string): EventEnvelope {
  const row = rowSchema.parse(JSON.parse(line));
  const event: Record<string, unknown> = {
    tenantId: row['tenant_id'],
    eventId: row['event_id'],
    occurredAt: row['occurred_at'],
    receivedAt: row['received_at'],
  };
  for (const name of ['type', 'source', 'id', 'subject', 'attributes', 'acceptance']) event[name] = row[name];
  for (const [name, column] of columnOfText) event[name] = row[column];
  for (const [name, column] of columnOfNumber) {
    if (row[column] !== undefined) event[name] = Number(row[column]);
  }
  return eventEnvelopeSchema.parse(event);
}

/** 64 bits of a message's id, as the columns `message_key` hold it: decimal text. */
function toMessageKey(messageId: string): string {
  return BigInt(`0x${createHash('sha256').update(messageId).digest('hex').slice(0, 16)}`).toString();
}

function createSoundEvent(): EventEnvelope {
  const texts = Object.fromEntries(textColumns.map((name) => [name, 'sound']));
  const numbers = Object.fromEntries(numberColumns.map((name) => [name, 1]));
  return {
    ...texts,
    ...numbers,
    tenantId: 'sound',
    eventId: '00000000-0000-4000-8000-000000000000',
    type: 'sound',
    source: 'sound',
    id: 'sound',
    subject: 'sound',
    occurredAt: Date.UTC(2026, 0, 1),
    receivedAt: Date.UTC(2026, 0, 1),
    attributes: { sound: 'sound' },
    acceptance: 1,
  };
}

/** The month of the event in UTC, as events_raw_v1 and every aggregate are partitioned. */
export function partitionOfEvent(event: EventEnvelope): string {
  const time = new Date(event.occurredAt);
  return `${time.getUTCFullYear()}-${time.getUTCMonth() + 1}`;
}

const idRow = z.object({ id: z.string(), acceptance: z.number() });
const countRow = z.object({ ids: z.number() });
const hexRow = z.object({ ids: z.string() });

/** ClickHouse orders a UUID by its second half first, so that a range of those bits is found by the table's key. */
function rangeOfSlice({ index, count }: { index: number; count: number }): { first: string; last: string } {
  const boundOf = (slice: number): bigint => (BigInt(slice) << 64n) / BigInt(count);
  return {
    first: uuidOf('0', boundOf(index)),
    last: uuidOf('f', boundOf(index + 1) - 1n),
  };
}

function uuidOf(digitOfFirstHalf: string, secondHalf: bigint): string {
  const half = secondHalf.toString(16).padStart(16, '0');
  const d4 = digitOfFirstHalf.repeat(4);
  return `${d4}${d4}-${d4}-${d4}-${half.slice(0, 4)}-${half.slice(4)}`;
}

export interface EventWriter {
  insert(block: Pick<InsertRequest, 'token' | 'ndjson'>): Promise<void>;
  check(ndjson: Buffer): Promise<void>;
  readonly soundRow: string;
  insertDuplicates(ndjson: Buffer): Promise<void>;
  formatDuplicate(event: EventEnvelope): string;
  findStoredIds(
    events: readonly Pick<EventEnvelope, 'tenantId' | 'eventId'>[],
    options?: { readonly exceptOfMessage?: string },
  ): Promise<ReadonlyMap<string, number>>;
  countIds(options?: { readonly signal?: AbortSignal }): Promise<number>;
  loadIds(
    slice: { readonly index: number; readonly count: number },
    options?: {
      readonly partition?: { readonly index: number; readonly count: number };
      readonly signal?: AbortSignal;
    },
  ): Promise<Buffer>;
  createRowFormat(messageId: string): (event: EventEnvelope) => string;
  parseRow(row: string): EventEnvelope;
  partitionOf(event: EventEnvelope): string;
}

/** Writes events_raw_v1 (every aggregate follows by its view) and answers which identities are stored. */
export function createEventWriter(clickHouse: ClickHouse): EventWriter {
  return {
    async insert(block) {
      await clickHouse.insert({ table: rawTable, ...block });
    },
    async check(ndjson) {
      await clickHouse.insert({ table: checkTable, ndjson, token: 'check' });
    },
    async insertDuplicates(ndjson) {
      // The table keeps one of equal rows: it needs no token.
      await clickHouse.insert({ table: duplicatesTable, ndjson, token: 'duplicates' });
    },
    formatDuplicate: formatDuplicateRow,
    soundRow: formatEventRow(createSoundEvent(), '0'),
    async findStoredIds(events, { exceptOfMessage } = {}) {
      const found = new Map<string, number>();
      const others = exceptOfMessage === undefined ? '' : 'AND message_key != {messageKey:UInt64}';
      const messageKey = exceptOfMessage === undefined ? '0' : toMessageKey(exceptOfMessage);
      for (let start = 0; start < events.length; start += idsPerLookup) {
        const some = events.slice(start, start + idsPerLookup);
        const tenantIds = [...new Set(some.map((event) => event.tenantId))];
        const eventIds = some.map((event) => event.eventId);
        const rows = await clickHouse.query({
          name: 'stored-ids',
          // One question for all tenants: an identity holds its tenant, whose name only leads to it by the table's key.
          sql: `SELECT toString(event_id) AS id, max(acceptance) AS acceptance FROM event_ids_v1
                WHERE tenant_id IN {tenantIds:Array(String)} AND event_id IN {eventIds:Array(UUID)} ${others}
                GROUP BY event_id`,
          params: { tenantIds, messageKey, eventIds },
          row: idRow,
          isAwaited: true,
        });
        for (const row of rows) found.set(row.id, row.acceptance);
      }
      return found;
    },
    async countIds({ signal } = {}) {
      const [row] = await clickHouse.query({
        name: 'count-ids',
        sql: 'SELECT count() AS ids FROM event_ids_v1',
        row: countRow,
        ...(signal !== undefined && { signal }),
      });
      return row?.ids ?? 0;
    },
    async loadIds(slice, { partition = { index: 0, count: 1 }, signal } = {}) {
      const rows = await clickHouse.query({
        name: 'load-ids',
        // The first 32 bits of an identity decide its partition, here as on the event bus. One thread: messages are
        // looked up at the same time. Joined as hex: the engine cuts zero bytes off the end of what it joins.
        sql: `SELECT arrayStringConcat(groupArray(hex(event_id))) AS ids FROM (
                SELECT event_id FROM event_ids_v1
                WHERE event_id BETWEEN {first:UUID} AND {last:UUID}
                  AND ({count:UInt32} = 1
                    OR toUInt32(bitShiftRight(toUInt128(event_id), 96)) % {count:UInt32} = {index:UInt32})
                SETTINGS max_threads = 1
              )`,
        params: { ...rangeOfSlice(slice), ...partition },
        row: hexRow,
        timeoutMs: 120_000,
        ...(signal !== undefined && { signal }),
      });
      return Buffer.concat(rows.map((row) => Buffer.from(row.ids, 'hex')));
    },
    createRowFormat(messageId) {
      const messageKey = toMessageKey(messageId);
      return (event) => formatEventRow(event, messageKey);
    },
    parseRow: parseEventRow,
    partitionOf: partitionOfEvent,
  };
}
