import type { EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import type { PgDatabase, PgExecutor } from '../postgres/pg-database.js';
import { findSqlState, type SqlExecutor } from '../postgres/sql-executor.js';
import { formatArray, formatCopyLine, landingColumns } from './landing-row.js';
import { seatChangesOf, seatsLandedSql } from './seat-changes.js';

const columnNames = landingColumns.map(({ name }) => name).join(', ');
const linesPerChunk = 500;

/** Writes events_landing_v1, the ids that guard it, changes of seats and the marks for the rollups, in one transaction. */
export interface LandingWriter {
  land(events: readonly EventEnvelope[]): Promise<{ readonly known: ReadonlySet<string> }>;
}

/** By COPY where it is to be had; by arrays on the embedded engine, which ends with a COPY. */
export function createLandingWriter(database: PgDatabase): LandingWriter {
  let canCopy = true;

  async function landRows(events: readonly EventEnvelope[]): Promise<readonly unknown[]> {
    if (!canCopy) return landArrays(database, events);
    try {
      return await database.transaction((executor) => landCopy(executor, events));
    } catch (error) {
      if (findSqlState(error) !== featureNotSupported) throw error;
      canCopy = false;
      return landArrays(database, events);
    }
  }

  return {
    async land(events) {
      const fresh = firstOfEach(events);
      if (fresh.length === 0) return { known: new Set() };
      const rows = await landRows(fresh).catch(rethrowRefusal);
      return { known: new Set(rows.map((row) => knownRow.parse(row).event_id)) };
    },
  };
}

const knownRow = z.object({ event_id: z.string() });

const featureNotSupported = '0A000';

/** The same identity twice in one statement would land twice. */
function firstOfEach(events: readonly EventEnvelope[]): readonly EventEnvelope[] {
  const taken = new Set<string>();
  return events.filter(({ eventId }) => {
    if (taken.has(eventId)) return false;
    taken.add(eventId);
    return true;
  });
}

/**
 * Answers with the identities that were there. The order of the ids lets two transactions with the same events wait for
 * each other in one direction only.
 */
const landSql = (source: string, seats = ''): string => `
WITH input AS MATERIALIZED (${source}),
fresh AS (
  INSERT INTO analytics.event_ids_v1 (event_id, tenant_id, received_at)
  SELECT event_id, tenant_id, received_at FROM input ORDER BY event_id
  ON CONFLICT (event_id) DO NOTHING RETURNING event_id
),
landed AS (
  INSERT INTO analytics.events_landing_v1 (${columnNames})
  SELECT ${columnNames} FROM input WHERE event_id IN (SELECT event_id FROM fresh)
),
marked AS (
  INSERT INTO analytics.rollup_marks_v1 (tenant_id, utc_hour, events)
  SELECT tenant_id, date_trunc('hour', occurred_at, 'UTC'), count(*) FROM input
  WHERE event_id IN (SELECT event_id FROM fresh) GROUP BY 1, 2
)${seats}
SELECT event_id FROM input WHERE event_id NOT IN (SELECT event_id FROM fresh)`;

const copySql = `COPY landing_input (${columnNames}) FROM STDIN`;
const copiedSource = `SELECT ${columnNames} FROM landing_input`;
const copiedSql = landSql(copiedSource);
const copiedWithSeatsSql = landSql(copiedSource, seatsLandedSql('$1'));

/** Kept by the connection, empty between transactions: a table a transaction would swell the catalogue. */
const inputTableSql = `CREATE TEMPORARY TABLE IF NOT EXISTS landing_input
  (LIKE analytics.events_landing_v1) ON COMMIT DELETE ROWS`;

async function landCopy(executor: PgExecutor, events: readonly EventEnvelope[]): Promise<readonly unknown[]> {
  await executor.runScript(inputTableSql);
  await executor.copyFrom(copySql, formatChunks(events));
  const seats = seatChangesOf(events);
  if (seats.length === 0) return executor.query(copiedSql);
  return executor.query(copiedWithSeatsSql, [JSON.stringify(seats)]);
}

function* formatChunks(events: readonly EventEnvelope[]): Iterable<Buffer> {
  for (let start = 0; start < events.length; start += linesPerChunk) {
    yield Buffer.from(
      events
        .slice(start, start + linesPerChunk)
        .map(formatCopyLine)
        .join(''),
    );
  }
}

const arraysSource = `SELECT * FROM unnest(${landingColumns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')})
   AS given (${columnNames})`;
const arraysSql = landSql(arraysSource);
const arraysWithSeatsSql = landSql(arraysSource, seatsLandedSql(`$${landingColumns.length + 1}`));

/** One statement, which is a transaction by itself. */
function landArrays(database: SqlExecutor, events: readonly EventEnvelope[]): Promise<readonly unknown[]> {
  const arrays = landingColumns.map((column) => formatArray(events, column));
  const seats = seatChangesOf(events);
  if (seats.length === 0) return database.query(arraysSql, arrays);
  return database.query(arraysWithSeatsSql, [...arrays, JSON.stringify(seats)]);
}

/**
 * Classes 22 (data), 23 (constraints) and 54 (limits) are about the rows. Class 40 (deadlock, conflict), 55 (locks) and
 * a server that only reads pass.
 */
function rethrowRefusal(cause: unknown): never {
  const state = findSqlState(cause) ?? '';
  if (/^(22|23|54)/.test(state))
    throw new AppError('rows_refused', 'The store does not take these rows.', { status: 422, cause });
  if (/^(40|55|25006)/.test(state))
    throw new AppError('landing_conflict', 'Something else was in the way of a landing.', {
      status: 503,
      retryable: true,
      cause,
    });
  throw cause;
}
