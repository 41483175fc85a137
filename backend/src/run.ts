import { createAdminServer } from './admin/admin-server.js';
import { createCollector } from './collector/compose.js';
import { ensureDemoTenants, startDemoTraffic } from './demo-traffic.js';
import { createMetricsService } from './metrics-service/compose.js';
import { createPipelineOperations } from './pipeline-operations.js';
import { openPipeline, type Pipeline } from './pipeline.js';
import type { Config } from './platform/config.js';
import type { HttpService } from './platform/http-service.js';
import { createLifecycle, type Lifecycle } from './platform/lifecycle.js';
import { createLogger, type Logger } from './platform/logger.js';
import { createTelemetry, type Telemetry } from './platform/telemetry.js';
import { provideWorkbenchAccess } from './workbench-access.js';

/** Version of the product, in OpenAPI documents and status answers. */
const productVersion = '0.1.0';

export interface RunningInstance {
  readonly collectorUrl: string;
  readonly metricsUrl: string;
  /** Stops intake, drains, closes the stores. Resolves with the names of the parts that failed to close. */
  close(): Promise<readonly string[]>;
}

interface RunContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly lifecycle: Lifecycle;
}

/** Runs every role in this process. When one part fails to start, those that did are closed again. */
export async function runAllRoles(config: Config): Promise<RunningInstance> {
  const { logLevel: level, logPretty: pretty, closeTimeoutMs } = config.platform;
  const logger = createLogger({ level, pretty, service: 'coditect' });
  const telemetry = createTelemetry({ defaultMetrics: true });
  const lifecycle = createLifecycle({ logger, closeTimeoutMs });
  try {
    return await startAll({ config, logger, telemetry, lifecycle });
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

async function startAll(context: RunContext): Promise<RunningInstance> {
  const { config, lifecycle, logger } = context;
  const pipeline = await openPipeline(context);
  if (config.simulator.enabled) await ensureDemoTenants(pipeline);
  const metricsUrl = await startService(context, 'metrics-service', createMetrics(context, pipeline));
  const collectorUrl = await startService(context, 'collector', createIntakeService(context, pipeline));
  await startService(context, 'admin', createAdmin(context, pipeline));
  await provideWorkbenchAccess(config, pipeline.control, metricsUrl);
  if (config.simulator.enabled) await startDemoTraffic({ ...context, pipeline });
  logger.info({ collectorUrl, metricsUrl }, 'ready');
  return { collectorUrl, metricsUrl, close: () => lifecycle.close() };
}

async function startService(context: RunContext, name: string, service: HttpService): Promise<string> {
  const url = await service.start();
  context.lifecycle.onClose(name, () => service.close());
  context.logger.info({ url, name }, 'listening');
  return url;
}

function createIntakeService({ config, logger, telemetry }: RunContext, pipeline: Pipeline): HttpService {
  const { port, ...limits } = config.collector;
  return createCollector({
    config: { host: config.platform.listenHost, port, version: productVersion, limits },
    intake: pipeline.intake,
    authenticator: pipeline.authenticator,
    logger: logger.child({ service: 'collector' }),
    telemetry,
  });
}

function createAdmin({ config, logger, telemetry }: RunContext, pipeline: Pipeline): HttpService {
  return createAdminServer({
    config,
    operations: createPipelineOperations(pipeline),
    version: productVersion,
    logger: logger.child({ service: 'admin' }),
    telemetry,
    now: () => new Date(),
  });
}

function createMetrics({ config, logger, telemetry }: RunContext, pipeline: Pipeline): HttpService {
  return createMetricsService({
    config,
    version: productVersion,
    clickHouse: pipeline.clickHouse,
    authenticator: pipeline.authenticator,
    watermark: () => pipeline.processor.watermark(),
    logger: logger.child({ service: 'metrics-service' }),
    telemetry,
    now: Date.now,
  });
}
