import type { ParamList } from './param-list.js';

/** Where a part of a range is read: rows of a grain, or single events. */
export type PieceTable = 'hour' | 'day' | 'week' | 'month' | 'landing';

/** A part of a range, `[fromMs, toMs)`, that is read from one place. */
export interface Piece {
  readonly table: PieceTable;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PieceGroup {
  readonly isLanding: boolean;
  readonly whereSql: string;
}

export const landingTable = 'analytics.events_landing_v1';
export const rollupsTable = 'analytics.rollups_v1';
export const durationsTable = 'analytics.rollup_durations_v1';
export const userDaysTable = 'analytics.user_days_v1';

/** One condition for the pieces of rollups and one for those of landing; none of either where there are no such pieces. */
export function groupPieces(pieces: readonly Piece[], bind: ParamList['bind']): readonly PieceGroup[] {
  const rollups = pieces.filter((piece) => piece.table !== 'landing');
  const landing = pieces.filter((piece) => piece.table === 'landing');
  const groups: PieceGroup[] = [];
  if (rollups.length > 0) {
    const parts = rollups.map(
      (piece) => `(grain = ${bind(piece.table, 'text')} AND ${timeSql('bucket', piece, bind)})`,
    );
    groups.push({ isLanding: false, whereSql: `(${parts.join(' OR ')})` });
  }
  if (landing.length > 0) {
    const parts = landing.map((piece) => timeSql('occurred_at', piece, bind));
    groups.push({ isLanding: true, whereSql: `(${parts.join(' OR ')})` });
  }
  return groups;
}

function timeSql(column: string, { fromMs, toMs }: Piece, bind: ParamList['bind']): string {
  const instant = (ms: number): string => bind(new Date(ms).toISOString(), 'timestamptz');
  return `(${column} >= ${instant(fromMs)} AND ${column} < ${instant(toMs)})`;
}
