import { ConfigError, loadConfig } from './platform/config.js';
import { AppError } from './platform/errors.js';
import { roles, type Role } from './roles.js';
import { runRoles } from './run.js';

const exitCodes = { stopped: 0, failed: 1, killed: 130 } as const;

interface Running {
  /** Resolves with the names of the parts that failed to close. */
  close(): Promise<readonly string[]>;
}

/** Starts, and stops in the order of the data when it is asked to. A second signal ends the process at once. */
async function run(start: () => Promise<Running>): Promise<void> {
  const starting = start();
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

/** Without names, or with `all`, every role. Throws `AppError` `role_unknown`. */
function readRoles(names: readonly string[]): ReadonlySet<Role> {
  if (names.length === 0 || names.includes('all')) return new Set(roles);
  return new Set(
    names.map((name) => {
      const role = roles.find((known) => known === name);
      if (role !== undefined) return role;
      throw new AppError('role_unknown', `There is no role ${name}. Roles are ${roles.join(', ')}.`, {
        status: 400,
      });
    }),
  );
}

/** Runs the roles that the command line names, or all, until the process is told to stop. */
export function runProcess(names: readonly string[]): void {
  runUntilStopped(async () => runRoles(loadConfig(), readRoles(names)));
}

/** Runs until the process is told to stop, which ends it: 0 when all was closed, 1 when a part failed. */
export function runUntilStopped(start: () => Promise<Running>): void {
  run(start).catch((error: unknown) => {
    const isForeseen = error instanceof ConfigError || error instanceof AppError;
    const text = isForeseen
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(exitCodes.failed);
  });
}
