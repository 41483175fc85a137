import { parseConfig } from '../../platform/config.js';
import { everyTenant } from '../../platform/dead-letters.js';
import { createLogger } from '../../platform/logger.js';
import { openControlStores, type ControlStores } from '../../storage/control/open-control-store.js';
import type { Sender } from './fleet.js';
import { databaseUrl, type StoresAddress } from './wiring.js';

/** Opened for one use: between two uses the stores may be killed. */
async function useControlData<T>(
  address: StoresAddress,
  use: (stores: ControlStores) => Promise<T>,
): Promise<T> {
  const logger = createLogger({ level: 'silent', pretty: false, service: 'faults' });
  const config = parseConfig({ DATABASE_URL: databaseUrl(address.postgresPort) });
  const stores = await openControlStores(config, logger);
  try {
    return await use(stores);
  } finally {
    await stores.control.close();
  }
}

/** A tenant of each name, with a key to send. */
export function createTenants(address: StoresAddress, names: readonly string[]): Promise<readonly Sender[]> {
  return useControlData(address, async ({ control }) => {
    await control.migrate();
    const senders: Sender[] = [];
    for (const name of names) {
      const tenant = await control.createTenant(name, { timeZone: 'UTC' });
      const { key } = await control.createKey(tenant.id, ['ingest']);
      senders.push({ tenantId: tenant.id, key });
    }
    return senders;
  });
}

/** What was given up, as text: the first of them. Empty when nothing was. */
export function listDeadLetters(address: StoresAddress): Promise<readonly string[]> {
  return useControlData(address, async ({ deadLetters }) => {
    const { letters } = await deadLetters.list(everyTenant, {}, { limit: 10, order: 'oldest' });
    return letters.map(
      ({ messageId, origin, code, reason, events }) =>
        `dead letter of ${origin} with ${events} events (${messageId}), ${code}: ${reason}`,
    );
  });
}
