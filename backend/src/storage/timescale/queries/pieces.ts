import { toInstant } from '../rollup/spans.js';
import type { ParamList } from './param-list.js';

/** Where a part of a range is read: rows of a grain, single events, or the comparisons of days. */
export type PieceTable = 'hour' | 'day' | 'week' | 'month' | 'landing' | 'checks';

/** A part of a range, `[fromMs, toMs)`, that is read from one place. */
export interface Piece {
  readonly table: PieceTable;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PieceGroup {
  readonly kind: 'rollups' | 'landing' | 'checks';
  /** Of the column that says when. */
  readonly timeColumn: string;
  readonly whereSql: string;
}

export const landingTable = 'analytics.events_landing_v1';
export const rollupsTable = 'analytics.rollups_v1';
export const durationsTable = 'analytics.rollup_durations_v1';
export const checksTable = 'analytics.reconciliation_v1';
export const userDaysTable = 'analytics.user_days_v1';
export const seatChangesTable = 'analytics.seat_changes_v1';
export const userFirstsTable = 'analytics.user_firsts_v1';

/** What a statement reads from. A comparison belongs where its local day begins. */
export const fromOfKind: Readonly<Record<PieceGroup['kind'], string>> = {
  rollups: rollupsTable,
  landing: landingTable,
  checks: `(SELECT compared.*, starts_at AS bucket FROM ${checksTable} AS compared
  JOIN analytics.rollup_days_v1 USING (tenant_id, local_day)) AS checks`,
};

/** One condition for the pieces of each kind; none where there are no such pieces. */
export function groupPieces(pieces: readonly Piece[], bind: ParamList['bind']): readonly PieceGroup[] {
  const kindOf = ({ table }: Piece): PieceGroup['kind'] =>
    table === 'landing' || table === 'checks' ? table : 'rollups';
  return (['rollups', 'landing', 'checks'] as const).flatMap((kind) => {
    const own = pieces.filter((piece) => kindOf(piece) === kind);
    if (own.length === 0) return [];
    const timeColumn = kind === 'landing' ? 'occurred_at' : 'bucket';
    const parts = own.map((piece) =>
      kind === 'rollups'
        ? `(grain = ${bind(piece.table, 'text')} AND ${timeSql(timeColumn, piece, bind)})`
        : timeSql(timeColumn, piece, bind),
    );
    return [{ kind, timeColumn, whereSql: `(${parts.join(' OR ')})` }];
  });
}

function timeSql(column: string, { fromMs, toMs }: Piece, bind: ParamList['bind']): string {
  const instant = (ms: number): string => bind(toInstant(ms), 'timestamptz');
  return `(${column} >= ${instant(fromMs)} AND ${column} < ${instant(toMs)})`;
}
