import type { EventEnvelope, NumberColumn, TextColumn } from '@coditect/contracts';
import { numberColumns, textColumns } from '@coditect/contracts';
import { z } from 'zod';
import type { ClickHouse, InsertRequest } from './client.js';

const rawTable = 'events_raw_v1';
const idsPerChunk = 20_000;
/** A server takes at most 128 KiB in one parameter, and an id in a list takes 39 bytes. */
const idsPerLookup = 3_000;

const columnOfText = new Map<TextColumn, string>(textColumns.map((name) => [name, toSnakeCase(name)]));
const columnOfNumber = new Map<NumberColumn, string>(numberColumns.map((name) => [name, toSnakeCase(name)]));

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** One line of JSONEachRow for events_raw_v1. Cost is written with nine decimals, as its column keeps it. */
export function formatEventRow(event: EventEnvelope): string {
  const row: Record<string, unknown> = {
    tenant_id: event.tenantId,
    event_id: event.eventId,
    type: event.type,
    source: event.source,
    id: event.id,
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
    attributes: event.attributes,
  };
  if (event.subject !== undefined) row['subject'] = event.subject;
  for (const [name, column] of columnOfText) {
    const value = event[name];
    if (value !== undefined) row[column] = value;
  }
  for (const [name, column] of columnOfNumber) {
    const value = event[name];
    if (value !== undefined) row[column] = name === 'costUsd' ? value.toFixed(9) : value;
  }
  return JSON.stringify(row);
}

/** The month of the event in UTC, as events_raw_v1 and every aggregate are partitioned. */
export function partitionOfEvent(event: EventEnvelope): string {
  const time = new Date(event.occurredAt);
  return `${time.getUTCFullYear()}-${time.getUTCMonth() + 1}`;
}

const idRow = z.object({ id: z.string() });
const chunkRow = z.object({ ids: z.array(z.string()) });
const countRow = z.object({ count: z.number() });

export interface EventWriter {
  insert(block: Pick<InsertRequest, 'token' | 'ndjson'>): Promise<void>;
  findStoredIds(tenantId: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>;
  loadRecentIds(limit: number): Promise<{ chunks: readonly (readonly string[])[]; isWhole: boolean }>;
  formatRow(event: EventEnvelope): string;
  partitionOf(event: EventEnvelope): string;
}

/** Writes events_raw_v1 (every aggregate follows by its view) and answers which identities are stored. */
export function createEventWriter(clickHouse: ClickHouse): EventWriter {
  return {
    async insert(block) {
      await clickHouse.insert({ table: rawTable, ...block });
    },
    async findStoredIds(tenantId, eventIds) {
      const found = new Set<string>();
      for (let start = 0; start < eventIds.length; start += idsPerLookup) {
        const rows = await clickHouse.query({
          name: 'stored-ids',
          sql: `SELECT DISTINCT toString(event_id) AS id FROM event_ids_v1
                WHERE tenant_id = {tenantId:String} AND event_id IN {eventIds:Array(UUID)}`,
          params: { tenantId, eventIds: eventIds.slice(start, start + idsPerLookup) },
          row: idRow,
        });
        for (const row of rows) found.add(row.id);
      }
      return found;
    },
    async loadRecentIds(limit) {
      const [total] = await clickHouse.query({
        name: 'count-ids',
        sql: 'SELECT count() AS count FROM event_ids_v1',
        row: countRow,
      });
      const chunks = await clickHouse.query({
        name: 'recent-ids',
        sql: `SELECT groupArray(id) AS ids FROM (
                SELECT id, intDiv(rowNumberInAllBlocks(), ${idsPerChunk}) AS chunk FROM (
                  SELECT toString(event_id) AS id, received_at FROM event_ids_v1
                  ORDER BY received_at DESC LIMIT {limit:UInt64}
                ) ORDER BY received_at ASC
              ) GROUP BY chunk ORDER BY chunk`,
        params: { limit },
        row: chunkRow,
        timeoutMs: 120_000,
      });
      return { chunks: chunks.map((row) => row.ids), isWhole: (total?.count ?? 0) <= limit };
    },
    formatRow: formatEventRow,
    partitionOf: partitionOfEvent,
  };
}
