import { z } from 'zod';
import type { DimensionName } from '../../metric-reads.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { dimensionSql } from './filters.js';
import { createParamList } from './param-list.js';
import {
  fromOfKind,
  groupPieces,
  seatChangesTable,
  userDaysTable,
  userFirstsTable,
  type Piece,
} from './pieces.js';

/** What a question reads of one tenant: pieces of events, for users local days by their dates or all of them, seats, or first uses. */
export interface ReadScope {
  readonly tenantId: string;
  readonly pieces: readonly Piece[];
  readonly days?: readonly string[] | 'all';
  readonly hasSeats?: boolean;
  readonly hasFirsts?: boolean;
}

const valueRow = z.object({ value: z.string() });

/** Every value that a dimension has there, in no order. */
export async function queryDistinctValues(
  executor: SqlExecutor,
  { tenantId, pieces, days = [], hasSeats = false, hasFirsts = false }: ReadScope,
  dimension: DimensionName,
): Promise<readonly string[]> {
  const { bind, values } = createParamList();
  const tenant = bind(tenantId, 'text');
  const expression = dimensionSql(dimension);
  const parts = groupPieces(pieces, bind).map(
    ({ kind, whereSql }) =>
      `SELECT ${expression} AS value FROM ${fromOfKind[kind]} WHERE tenant_id = ${tenant} AND ${whereSql}`,
  );
  if (days.length > 0) {
    const column = dimension === 'domain' ? 'domain' : expression;
    const among = days === 'all' ? '' : ` AND local_day = ANY (${bind(days, 'date[]')})`;
    parts.push(`SELECT ${column} AS value FROM ${userDaysTable} WHERE tenant_id = ${tenant}${among}`);
  }
  if (hasSeats)
    parts.push(`SELECT ${expression} AS value FROM ${seatChangesTable} WHERE tenant_id = ${tenant}`);
  if (hasFirsts)
    parts.push(`SELECT ${expression} AS value FROM ${userFirstsTable} WHERE tenant_id = ${tenant}`);
  if (parts.length === 0) return [];
  const rows = await executor.query(`SELECT DISTINCT value FROM (${parts.join('\nUNION ALL\n')}) AS parts`, [
    ...values,
  ]);
  return rows.map((row) => valueRow.parse(row).value);
}
