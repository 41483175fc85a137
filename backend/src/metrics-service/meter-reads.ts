import type { UsageMeter } from '../platform/usage.js';
import type { ClickHouse, NamedQuery } from '../storage/clickhouse/client.js';

/** The same store; what it reads for a tenant is noted, as soon as the engine has told. */
export function meterReads(clickHouse: ClickHouse, meter: Pick<UsageMeter, 'note'>): ClickHouse {
  return {
    command: (sql) => clickHouse.command(sql),
    insert: (request) => clickHouse.insert(request),
    close: () => clickHouse.close(),
    query<Row>(query: NamedQuery<Row>) {
      const { tenantId } = query;
      if (tenantId === undefined) return clickHouse.query(query);
      return clickHouse.query({
        ...query,
        onRead: (rowsRead) => {
          meter.note(tenantId, { rowsRead });
        },
      });
    },
  };
}
