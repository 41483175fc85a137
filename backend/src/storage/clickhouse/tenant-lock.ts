import { createHash } from 'node:crypto';
import { AppError } from '../../platform/errors.js';
import type { ClickHouse } from './client.js';

/** Read with the rights of who asks: what holds for their tables holds for them. */
const views = ['accepted_events_v1', 'accepted_per_minute_v1'] as const;
const tables = [
  'activity_per_quarter_v1',
  'agent_durations_per_quarter_v1',
  'api_requests_per_minute_v1',
  'api_requests_per_quarter_v1',
  'day_checks_v1',
  'dimension_values_v1',
  'duplicate_events_v1',
  'event_ids_v1',
  'events_per_minute_v1',
  'events_raw_check_v1',
  'events_raw_v1',
  'seat_changes_v1',
  'user_days_v1',
  'user_firsts_v1',
  'user_presence_v1',
] as const;

/** Whatever has rows of tenants, all with the column `tenant_id`. */
export const tenantTables: readonly string[] = [...tables, ...views];

/**
 * The second lock, beside the condition that each statement has: the engine itself lets no row of another tenant into it,
 * through whatever part of the statement it would come. The tenant is written in hex, so that no name can say more.
 */
export function tenantSettings(tenantId: string, hasRowPolicies: boolean): string {
  const hex = Buffer.from(tenantId).toString('hex');
  const filters = tenantTables.map((table) => `'${table}': 'tenant_id = unhex(\\'${hex}\\')'`);
  const named = hasRowPolicies ? `SQL_tenant = '${hex}', ` : '';
  return `${named}additional_table_filters = {${filters.join(', ')}}, `;
}

/**
 * ClickHouse for who answers tenants: a statement that reads a table without saying whose rows it may see is refused before
 * it is sent, and nothing is written.
 */
export function lockTenants(clickHouse: Pick<ClickHouse, 'query' | 'close'>): ClickHouse {
  const refuse = (what: string): Promise<never> =>
    Promise.reject(new Error(`${what}: who answers tenants may only read, and one tenant's rows at a time`));
  return {
    query: (query) =>
      query.tenantId === undefined && tenantTables.some((table) => query.sql.includes(table))
        ? refuse(query.name)
        : clickHouse.query(query),
    command: () => refuse('command'),
    insert: ({ table }) => refuse(`insert into ${table}`),
    close: () => clickHouse.close(),
  };
}

/** The user that answers tenants, by the address that the configuration names. */
export interface ClickHouseReader {
  readonly name: string;
  readonly password: string;
}

/**
 * Holds the user that reads to the tenant that each statement names: without a name it sees nothing. Written anew at each
 * start, so that tables that came since have it, too. Who runs this needs the right to manage access. A user who is there
 * stays as somebody made it, password included; one who is not is made to read and nothing else.
 */
export function rowPolicyStatements({ name, password }: ClickHouseReader): readonly string[] {
  const user = `\`${name.replaceAll(/[`\\]/g, '\\$&')}\``;
  // Only the hash travels: statements stand in the server's log.
  const hash = createHash('sha256').update(password).digest('hex');
  const policies = tables.flatMap((table) => [
    `CREATE ROW POLICY OR REPLACE coditect_tenant ON ${table} FOR SELECT
     USING tenant_id = unhex(getSetting('SQL_tenant')) TO ${user}`,
    // Where a table has a policy, a user without one may see nothing of it: that depends on the server's settings.
    `CREATE ROW POLICY OR REPLACE coditect_others ON ${table} FOR SELECT USING 1 TO ALL EXCEPT ${user}`,
  ]);
  return [
    `CREATE USER IF NOT EXISTS ${user} IDENTIFIED WITH sha256_hash BY '${hash}' SETTINGS readonly = 2`,
    ...tenantTables.map((table) => `GRANT SELECT ON ${table} TO ${user}`),
    ...policies,
  ];
}

/** Writes the policies, as the one who owns the tables. Throws `AppError` `row_policies_refused`. */
export async function applyRowPolicies(clickHouse: ClickHouse, reader: ClickHouseReader): Promise<void> {
  try {
    for (const statement of rowPolicyStatements(reader)) await clickHouse.command(statement);
  } catch (cause) {
    if (cause instanceof AppError && cause.retryable) throw cause;
    const reason = `The row policies of the user ${reader.name} of CLICKHOUSE_READ_URL can't be written. The user of CLICKHOUSE_URL needs the right to do so (access_management).`;
    throw new AppError('row_policies_refused', reason, { status: 500, cause });
  }
}
