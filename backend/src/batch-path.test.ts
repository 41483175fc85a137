import { openReportReader } from './batch-path.js';
import { parseConfig } from './platform/config.js';
import { createLifecycle } from './platform/lifecycle.js';
import { createLogger } from './platform/logger.js';
import { createTelemetry } from './platform/telemetry.js';
import { openTimescaleAt } from './storage/timescale/open-timescale.js';

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });

/** Whom a report asks, with these variables. Nothing is connected to before the first statement. */
async function openWith(
  variables: Record<string, string>,
): Promise<{ isLandings: boolean; closers: string[] }> {
  const config = parseConfig({ TIMESCALE_URL: 'postgres://127.0.0.1:1/landing', ...variables });
  const lifecycle = createLifecycle({ logger, closeTimeoutMs: 1_000 });
  const telemetry = createTelemetry({ defaultMetrics: false });
  const timescale = await openTimescaleAt('postgres://127.0.0.1:1/landing', config.timescale, logger);
  const closers: string[] = [];
  const onClose: typeof lifecycle.onClose = (name, ...how) => {
    closers.push(name);
    lifecycle.onClose(name, ...how);
  };
  const context = { config, logger, telemetry, lifecycle: { ...lifecycle, onClose } };
  const reader = openReportReader(context, timescale);
  await lifecycle.close();
  await timescale.close();
  return { isLandings: reader === timescale.database, closers };
}

describe('where reports are read', () => {
  it('is where events land, unless there is a replica', async () => {
    await expect(openWith({})).resolves.toEqual({ isLandings: true, closers: [] });
  });

  it('is the replica of TIMESCALE_READ_URL, which is closed with the process', async () => {
    const opened = await openWith({ TIMESCALE_READ_URL: 'postgres://127.0.0.1:1/replica' });
    expect(opened).toEqual({ isLandings: false, closers: ['timescale reader'] });
  });
});
