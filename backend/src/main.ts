import { ConfigError, loadConfig } from './platform/config.js';
import { AppError } from './platform/errors.js';
import { runAllRoles } from './run.js';

const exitCodes = { stopped: 0, failed: 1, killed: 130 } as const;

/** Reads the configuration, runs every role, and stops in the order of the data when it is asked to. */
async function main(): Promise<void> {
  const starting = runAllRoles(loadConfig());
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(exitCodes.killed);
    isStopping = true;
    starting
      .then((instance) => instance.close())
      .then((failed) => process.exit(failed.length === 0 ? exitCodes.stopped : exitCodes.failed))
      .catch(() => process.exit(exitCodes.failed));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await starting;
}

main().catch((error: unknown) => {
  const isForeseen = error instanceof ConfigError || error instanceof AppError;
  const text = isForeseen
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(exitCodes.failed);
});
