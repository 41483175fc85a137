import { setFlagsFromString } from 'node:v8';
import { ConfigError, loadConfig } from './platform/config.js';
import { AppError } from './platform/errors.js';
import { runAllRoles } from './run.js';

// A batch lives for one insert. With the default of 16 MiB such batches are moved to the old generation before they
// die, and collecting them there takes a fifth of the collector's throughput.
setFlagsFromString('--max-semi-space-size=64');

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
