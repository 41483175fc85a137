import { parseConfig } from '../../platform/config.js';

// As in the image for servers, which has no native library of the embedded engine.
jest.mock('chdb/connection', () => {
  throw new Error('no native binding');
});

const server = { CLICKHOUSE_URL: 'http://writer@127.0.0.1:9/coditect' };

it('open a server, and every part of the product beside it, where the embedded engine cannot be loaded', async () => {
  await import('../../open-operations.js');
  await import('../../run.js');
  const { openClickHouse } = await import('./open-clickhouse.js');

  const clickHouse = await openClickHouse(parseConfig(server));

  await clickHouse.close();
});

it('tell it where the embedded engine is what the configuration names', async () => {
  const { openClickHouse } = await import('./open-clickhouse.js');

  const opening = openClickHouse(parseConfig({ DATA_DIR: '/nonexistent' }));

  await expect(opening).rejects.toThrow('no native binding');
});
