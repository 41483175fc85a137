/** Runs SQL on one PostgreSQL, server or embedded. Rows are `unknown`: each question parses its own. */
export interface SqlExecutor {
  /** One statement with parameters `$1`, `$2` ... Times come back as `Date`, `bytea` as `Uint8Array`. */
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly unknown[]>;
  /** Several statements in one text, without parameters. */
  runScript(sql: string): Promise<void>;
}

/** A database that was opened. Whoever opened it closes it. */
export interface SqlDatabase extends SqlExecutor {
  /** Commits when `work` resolves, rolls back when it rejects. Inside, only the executor given to `work` may be used. */
  transaction<T>(work: (executor: SqlExecutor) => Promise<T>): Promise<T>;
  /** Resolves when statements under way are done and everything is on disk. Safe to call twice. */
  close(): Promise<void>;
}

/** PostgreSQL's code for a row that breaks a unique key. */
export const uniqueViolation = '23505';

/** The five-character SQLSTATE of an error of either driver. */
export function findSqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
