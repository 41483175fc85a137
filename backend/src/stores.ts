import { join } from 'node:path';
import { ConfigError, loadConfig, type Config } from './platform/config.js';
import { acquireDataLock } from './platform/data-lock.js';
import { AppError } from './platform/errors.js';
import { createLifecycle, type Lifecycle } from './platform/lifecycle.js';
import { createLogger, type Logger } from './platform/logger.js';
import { openFrontEngine } from './storage/clickhouse/http-front/engine.js';
import { createHttpFront } from './storage/clickhouse/http-front/http-front.js';
import { startEngineUpkeep } from './storage/postgres/engine-upkeep.js';
import { openPgDatabase } from './storage/postgres/pg-database.js';
import { createPostgresFront } from './storage/postgres-front/postgres-front.js';
import { openWorkerEngine } from './storage/postgres-front/worker-engine.js';

const exitCodes = { stopped: 0, failed: 1, killed: 130 } as const;

const mebibyte = 1_048_576;
const bounds = {
  bodyBytesMax: 64 * mebibyte,
  heldBytesMax: 512 * mebibyte,
  statementsWaitingMax: 1_000,
  messageBytesMax: 16 * mebibyte,
  clientsMax: 100,
  transactionIdleMsMax: 30_000,
  turnWaitMsMax: 60_000,
} as const;

interface Context {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}

/** The embedded stores for several processes: ClickHouse over HTTP and TimescaleDB over PostgreSQL's protocol. */
async function openStores(context: Context): Promise<readonly string[]> {
  const { config, lifecycle, logger } = context;
  const { dataDir } = config.platform;
  const { clickHousePort, password = '', postgresPort } = config.stores;
  const lock = await acquireDataLock(dataDir);
  lifecycle.onClose('data lock', () => lock.release());

  const httpFront = createHttpFront({ port: clickHousePort, password, logger, ...bounds });
  const clickHouseUrl = await listen('STORES_CLICKHOUSE_PORT', clickHousePort, () => httpFront.start());
  lifecycle.onClose('clickhouse front', () => httpFront.close());

  const postgres = await openWorkerEngine({ folder: join(dataDir, 'control'), logger });
  lifecycle.onClose('timescaledb', () => postgres.close());
  const postgresFront = createPostgresFront({
    port: postgresPort,
    password,
    engine: postgres,
    clientsMax: bounds.clientsMax,
    messageBytesMax: bounds.messageBytesMax,
    idleMsMax: bounds.transactionIdleMsMax,
    waitMsMax: bounds.turnWaitMsMax,
    logger,
  });
  const postgresAddress = await listen('STORES_POSTGRES_PORT', postgresPort, () => postgresFront.start());
  lifecycle.onClose('timescaledb front', () => postgresFront.close());
  keepPostgresUp(context, `postgres://postgres:${password}@${postgresAddress}/postgres`);

  const clickHouse = await openFrontEngine({
    path: join(dataDir, 'clickhouse'),
    scratchPath: join(dataDir, 'stores-scratch'),
    connections: config.clickhouse.connections,
    waitingMax: bounds.statementsWaitingMax,
  });
  lifecycle.onClose('clickhouse', () => clickHouse.close());
  // Whoever asks the one front whether it is ready means both.
  httpFront.serve(clickHouse);
  const shownPassword = password === '' ? '' : ':<STORES_PASSWORD>';
  return [
    `CLICKHOUSE_URL=${clickHouseUrl.replace('//', password === '' ? '//' : `//default${shownPassword}@`)}`,
    `DATABASE_URL=postgres://postgres${shownPassword}@${postgresAddress}/postgres`,
  ];
}

/** Through the front like any client, so that it waits for its turn. */
function keepPostgresUp({ lifecycle, logger }: Context, url: string): void {
  const { turnWaitMsMax: queryTimeoutMs } = bounds;
  const database = openPgDatabase({ name: 'timescale', url, connections: 1, queryTimeoutMs, logger });
  const upkeep = startEngineUpkeep({ database, logger });
  lifecycle.onClose('upkeep', async () => {
    await upkeep.close();
    await database.close();
  });
}

async function listen(variable: string, port: number, start: () => Promise<string>): Promise<string> {
  try {
    return await start();
  } catch (cause) {
    const reason = `Can't listen on port ${port} of 127.0.0.1. Stop what uses it, or set ${variable} to another port.`;
    throw new AppError('port_unavailable', reason, { status: 503, cause });
  }
}

async function open(context: Context): Promise<void> {
  try {
    const lines = await openStores(context);
    process.stdout.write(`${lines.join('\n')}\n`);
    context.logger.info({ dataDir: context.config.platform.dataDir }, 'stores ready');
  } catch (error) {
    await context.lifecycle.close();
    throw error;
  }
}

/** Opens the stores, and closes them when it is asked to: connections first, then engines, then the lock. */
async function main(): Promise<void> {
  const config = loadConfig();
  const { closeTimeoutMs, logLevel: level, logPretty: pretty } = config.platform;
  const logger = createLogger({ level, pretty, service: 'stores' });
  const lifecycle = createLifecycle({ logger, closeTimeoutMs });
  const opening = open({ config, logger, lifecycle });
  const stop = (): void => {
    if (lifecycle.isClosing) process.exit(exitCodes.killed);
    const closing = opening.then(() => lifecycle.close());
    closing.then(
      (failed) => process.exit(failed.length === 0 ? exitCodes.stopped : exitCodes.failed),
      () => process.exit(exitCodes.failed),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await opening;
}

main().catch((error: unknown) => {
  const isForeseen = error instanceof ConfigError || error instanceof AppError;
  const unforeseen = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${isForeseen ? error.message : unforeseen}\n`);
  process.exit(exitCodes.failed);
});
