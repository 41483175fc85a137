import { createBackupCommands } from './backup-data.js';
import { changePartitions } from './change-partitions.js';
import type { OperationsOpener } from './cli/operations-opener.js';
import { runProgram, type ExitCode } from './cli/program.js';
import { createEraseAgain } from './erase-again.js';
import { migrateStores } from './migrate-stores.js';
import { createOperationsOpener } from './open-operations.js';
import { findCallersDirectory, loadConfig, type Config } from './platform/config.js';
import { createLogger, type Logger } from './platform/logger.js';
import { roles } from './roles.js';
import { listRetention } from './storage/data-classes/retention-in-force.js';

/** The command line of the product: reads the configuration only once a command needs it, so that `--help` always works. */
async function main(): Promise<ExitCode> {
  const controller = new AbortController();
  // The first Ctrl-C lets the command stop in order, the second one ends it.
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  return runProgram(process.argv.slice(2), {
    opener: openOperations,
    output: {
      print: (text) => process.stdout.write(`${text}\n`),
      note: (text) => process.stderr.write(`${text}\n`),
      draw: (text) => process.stderr.write(text),
      isTerminal: process.stderr.isTTY,
    },
    getDataDir: () => loadConfig().platform.dataDir,
    getKpiDir: () => loadConfig().provisioning.kpiDir,
    callersDirectory: findCallersDirectory(),
    signal: controller.signal,
    roles,
    backups: createBackupCommands(() => loadConfig()),
    eraseAgain: createEraseAgain(readSurroundings),
    changePartitions: (change) => {
      const { config, logger } = readSurroundings();
      return changePartitions(config, logger, change);
    },
    listRetention: () => listRetention(loadConfig()),
    migrateStores: (wish) => {
      const { config, logger } = readSurroundings();
      return migrateStores(config, logger, wish);
    },
    async runDemoTraffic() {
      process.removeAllListeners('SIGINT');
      const { runDemoTraffic } = await import('./run-demo-traffic.js');
      const { runUntilStopped } = await import('./run-process.js');
      runUntilStopped(() => runDemoTraffic(loadConfig()));
      await new Promise<never>(() => undefined);
    },
    async runRoles(names) {
      process.removeAllListeners('SIGINT');
      const { runProcess } = await import('./run-process.js');
      runProcess(names);
      // From here on the services end the process.
      await new Promise<never>(() => undefined);
    },
  });
}

function readSurroundings(): { readonly config: Config; readonly logger: Logger } {
  const config = loadConfig();
  const { logLevel, logPretty: pretty } = config.platform;
  // What a service says of itself in passing would bury the answer of a command.
  const level = logLevel === 'info' ? 'warn' : logLevel;
  return { config, logger: createLogger({ level, pretty, service: 'cli' }) };
}

function openOperations(): OperationsOpener {
  const { config, logger } = readSurroundings();
  return createOperationsOpener(config, logger);
}

main().then(
  // Ends the process by force: an engine may keep threads or timers, and sets exit codes of its own.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
