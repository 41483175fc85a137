import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from './eventually.js';

/** This file runs from `src` and from `dist`: both are three folders below the backend. */
const backendFolder = join(__dirname, '../../..');
const distFolder = join(backendFolder, 'dist');
const followParent = pathToFileURL(join(backendFolder, '../scripts/lib/follow-parent.mjs')).href;

const readyWithinMs = 90_000;
const exitWithinMs = 45_000;

export interface ChildOptions {
  readonly name: string;
  readonly url: string;
  /** A compiled script and its arguments: `cli.js run collector`. */
  readonly args: readonly [script: string, ...args: string[]];
  /** Where the script is compiled, if it is another version's. */
  readonly distFolder?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Asked until it is true. Rejecting counts as not yet. */
  readonly isReady: () => Promise<boolean>;
}

/** A process of the product that can be ended in every way, and started again in its place. */
export interface Child {
  readonly name: string;
  readonly url: string;
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** It ended though nobody here ended it. */
  readonly hasDied: boolean;
  /** Resolves when it is ready. Rejects, with the last lines of its log, when it ends before. */
  start(): Promise<void>;
  /** Kills it at once (SIGKILL). Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves with the exit code, rejects when it takes too long. */
  stop(): Promise<number | null>;
  /** SIGSTOP: it stays where it is, and so do its connections. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  lastWords(): string;
}

/** As scripts/lib/node-flags.mjs has them. */
const nodeFlags = ['--max-semi-space-size=128'];

export function createChild(options: ChildOptions): Child {
  let child: ChildProcess | undefined;
  let isWanted = false;
  const { name, logFile } = options;

  function isRunning(): boolean {
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  function lastWords(): string {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8);
    return lines.map((line) => `    ${line.slice(0, 400)}`).join('\n');
  }

  function launch(): void {
    const log = openSync(logFile, 'a');
    const [script, ...args] = options.args;
    // A group of its own, so that Ctrl-C reaches it in our order; a channel to us, so that it ends when we are gone.
    child = spawn(
      process.execPath,
      [...nodeFlags, '--import', followParent, join(options.distFolder ?? distFolder, script), ...args],
      {
        detached: true,
        env: { ...process.env, ...options.env },
        stdio: ['ignore', log, log, 'ipc'],
      },
    );
    closeSync(log);
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    isWanted = false;
    if (child === undefined || !isRunning()) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  return {
    name,
    url: options.url,
    lastWords,
    get pid() {
      return isRunning() ? child?.pid : undefined;
    },
    get isRunning() {
      return isRunning();
    },
    get hasDied() {
      return isWanted && !isRunning();
    },
    async start() {
      if (isRunning()) return;
      isWanted = true;
      launch();
      let hasEnded = false;
      const answer = await eventually(
        `${name} becomes ready`,
        async () => {
          hasEnded = !isRunning();
          return hasEnded || (await options.isReady()) ? true : undefined;
        },
        { withinMs: readyWithinMs },
      ).catch((error: unknown) => error);
      if (answer === true && !hasEnded) return;
      throw new Error(`${name} did not become ready (exit code ${child?.exitCode}):\n${lastWords()}`, {
        cause: answer,
      });
    },
    async kill() {
      await end('SIGKILL');
    },
    async stop() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`${name} did not end within ${exitWithinMs / 1_000} s:\n${lastWords()}`));
        }, exitWithinMs);
      });
      return Promise.race([end('SIGTERM'), late]).finally(() => {
        clearTimeout(timer);
      });
    },
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
  };
}

/** Asks `/readyz`. */
export async function isReadyAt(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
  await answer.body?.cancel();
  return answer.ok;
}
