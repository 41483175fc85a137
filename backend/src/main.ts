import { ConfigError, loadConfig } from './platform/config.js';
import { AppError } from './platform/errors.js';
import { runAllRoles, type RunningInstance } from './run.js';

/** Reads the configuration, runs every role, and stops in the order of the data when it is asked to. */
async function main(): Promise<void> {
  let instance: RunningInstance | undefined;
  let isStopping = false;

  const stop = (): void => {
    if (isStopping) process.exit(130);
    isStopping = true;
    const closing = instance?.close() ?? Promise.resolve([]);
    void closing.then((failed) => process.exit(failed.length === 0 ? 0 : 1));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  instance = await runAllRoles(loadConfig());
}

main().catch((error: unknown) => {
  const isForeseen = error instanceof ConfigError || error instanceof AppError;
  const text = isForeseen
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
