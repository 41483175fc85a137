import { ensureDemoTenants, startDemoTraffic } from './demo-traffic.js';
import { openEventBus } from './open-bus.js';
import { openFoundation, openIntake } from './pipeline.js';
import type { Config } from './platform/config.js';
import { AppError } from './platform/errors.js';
import { createLifecycle, type Lifecycle } from './platform/lifecycle.js';
import { createLogger } from './platform/logger.js';
import { createTelemetry } from './platform/telemetry.js';

/**
 * Demo traffic as a process of its own, where the roles are processes: through a collector's intake, without its port.
 * Goes on until the lifecycle that it answers with is closed. Throws `AppError` `broker_needed`.
 */
export async function runDemoTraffic(config: Config): Promise<Lifecycle> {
  if (config.bus.url === undefined) {
    throw new AppError('broker_needed', 'Without RABBITMQ_URL, `run` brings demo traffic by itself.', {
      status: 400,
    });
  }
  const { closeDelayMs, closeTimeoutMs, logLevel: level, logPretty: pretty } = config.platform;
  const logger = createLogger({ level, pretty, service: 'demo-traffic' });
  const lifecycle = createLifecycle({ logger, closeTimeoutMs, closeDelayMs });
  try {
    const context = { config, logger, lifecycle, telemetry: createTelemetry({ defaultMetrics: false }) };
    const foundation = await openFoundation(context, {
      ownsDataFolder: config.control.databaseUrl === undefined,
    });
    const stores = { ...foundation, clickHouse: undefined, timescale: undefined };
    const { bus } = await openEventBus(context, stores, new Set(['collector']));
    const intake = openIntake(context, foundation, bus);
    await ensureDemoTenants(foundation);
    await startDemoTraffic({ ...context, pipeline: { control: foundation.control, intake } });
    return lifecycle;
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}
