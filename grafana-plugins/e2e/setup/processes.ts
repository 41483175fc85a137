import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const repositoryDir = resolve(__dirname, '../../..');

export type Environment = Record<string, string>;

/** Asks the system for ports that are free now. They are held until all are known, so that they differ. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done, fail) => {
          server.once('error', fail);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            done(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

export interface Running {
  name: string;
  child: ChildProcess;
  logFile: string;
}

/** Starts a Node program of the repository; what it prints goes to a file in `logDir`. */
export function startNode(name: string, program: string[], env: Environment, logDir: string): Running {
  const logFile = join(logDir, `${name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, program, {
    cwd: repositoryDir,
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return { name, child, logFile };
}

/** How long a program may take to get ready on a machine that has much else to do. */
const readyMs = 120_000;
const askEveryMs = 200;

/**
 * Waits until `ask` answers true.
 * @throws with the end of the program's log when it ends first or takes too long.
 */
export async function untilReady(running: Running, ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + readyMs;
  while (Date.now() < deadline && running.child.exitCode === null) {
    if (await ask().catch(() => false)) {
      return;
    }
    await pause(askEveryMs);
  }
  const log = readFileSync(running.logFile, 'utf8').slice(-2_000);
  throw new Error(`${running.name} did not get ready.\n${log}`);
}

/** Stops a program, by force when it does not stop in time. */
export async function stop({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(force);
}

/** Runs one command of the product's command line and gives what it printed, as JSON. */
export async function runCli(args: string[], env: Environment): Promise<unknown> {
  const program = join(repositoryDir, 'backend/dist/cli.js');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--json'], {
    cwd: repositoryDir,
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
