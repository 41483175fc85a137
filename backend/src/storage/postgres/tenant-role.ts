import { AppError } from '../../platform/errors.js';
import { findSqlState, type SqlDatabase, type SqlExecutor } from './sql-executor.js';

/**
 * Whom statements of one tenant run as. PostgreSQL itself lets this role see and write the rows of one tenant only, the
 * one that the transaction names. Nobody signs in as it.
 */
const tenantRole = 'coditect_tenant';

/** A table with rows of tenants, all with the column `tenant_id` unless it is shared. */
export interface TenantTable {
  /** With its schema. */
  readonly name: string;
  /** What may be done with the tenant's own rows. */
  readonly rights: 'read' | 'write';
  /** Readable ones, where not all are. */
  readonly columns?: readonly string[];
  /** TimescaleDB takes no row-level security where it compresses: there the condition of the statement stands alone. */
  readonly isCompressed?: boolean;
  /** Tells of the store and of no tenant. */
  readonly isShared?: boolean;
}

/** From here to the end of the transaction only rows of this tenant are there. */
export async function actForTenant(executor: SqlExecutor, tenantId: string): Promise<void> {
  await executor.query(
    `SELECT set_config('app.tenant_id', $1, true), set_config('role', '${tenantRole}', true)`,
    [tenantId],
  );
}

/** The same database for statements of one tenant: whatever they say, they see and write its rows alone. */
export function lockToTenant(
  database: SqlDatabase,
  tenantId: string,
): Pick<SqlDatabase, 'query' | 'transaction'> {
  const transaction: SqlDatabase['transaction'] = (work) =>
    database.transaction(async (executor) => {
      await actForTenant(executor, tenantId);
      return work(executor);
    });
  return {
    transaction,
    query: (sql, parameters) => transaction((executor) => executor.query(sql, parameters)),
  };
}

const rightsOf = { read: 'SELECT', write: 'SELECT, INSERT, UPDATE, DELETE' } as const;

/**
 * Makes the role and what holds it to one tenant, where something of that is missing. Asks first: a policy that is there is
 * not made again, so that nobody waits for a lock on a table. Throws `AppError` `tenant_role_refused`.
 */
export async function ensureTenantRole(
  database: SqlDatabase,
  lock: number,
  tables: readonly TenantTable[],
): Promise<void> {
  try {
    await database.transaction(async (executor) => {
      await executor.query(`SELECT set_config('statement_timeout', '0', true)`);
      await executor.query('SELECT pg_advisory_xact_lock($1)', [lock]);
      await executor.runScript(makeRole);
      for (const table of tables) await executor.runScript(holdTable(table));
    });
  } catch (cause) {
    if (findSqlState(cause) !== '42501') throw cause;
    const reason = `The role ${tenantRole} can't be made, or not be taken. As a superuser: CREATE ROLE ${tenantRole} NOLOGIN; GRANT ${tenantRole} TO the user of DATABASE_URL (and TIMESCALE_URL).`;
    throw new AppError('tenant_role_refused', reason, { status: 500, cause });
  }
}

/** Roles belong to the whole server: another database of it may be making the same one at this moment. */
const makeRole = `
DO $$
BEGIN
  IF to_regrole('${tenantRole}') IS NULL THEN
    BEGIN
      CREATE ROLE ${tenantRole} NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF NOT pg_has_role(current_user, '${tenantRole}',
      CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    EXECUTE 'GRANT ${tenantRole} TO CURRENT_USER';
  END IF;
END
$$`;

function holdTable({ columns, isCompressed, isShared, name, rights }: TenantTable): string {
  const [schema = '', table = ''] = name.split('.');
  const granted = rightsOf[rights];
  const grant =
    columns === undefined
      ? `GRANT ${granted} ON ${name} TO ${tenantRole}`
      : `GRANT SELECT (${columns.join(', ')}) ON ${name} TO ${tenantRole}`;
  const hasGrant =
    columns === undefined
      ? `has_table_privilege('${tenantRole}', '${name}', '${granted.split(', ').at(-1) ?? ''}')`
      : columns
          .map((column) => `has_column_privilege('${tenantRole}', '${name}', '${column}', 'SELECT')`)
          .join(' AND ');
  const hold = `
  IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = '${name}'::regclass) THEN
    ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_policies
      WHERE schemaname = '${schema}' AND tablename = '${table}' AND policyname = 'one_tenant') THEN
    CREATE POLICY one_tenant ON ${name} USING (tenant_id = current_setting('app.tenant_id', true));
  END IF;`;
  return `
DO $$
BEGIN
  IF NOT has_schema_privilege('${tenantRole}', '${schema}', 'USAGE') THEN
    GRANT USAGE ON SCHEMA ${schema} TO ${tenantRole};
  END IF;
  IF NOT (${hasGrant}) THEN ${grant}; END IF;${isCompressed === true || isShared === true ? '' : hold}
END
$$`;
}
