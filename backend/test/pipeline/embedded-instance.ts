import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../../src/testkit/faults/eventually.js';
import { findFreePort } from '../../src/testkit/free-port.js';

const dist = join(__dirname, '../../dist');
const readyWithinMs = 60_000;

/** Where a built script is, such as `cli.js`. */
export function distScript(name: string): string {
  return join(dist, name);
}

/** The built product with engines of its own, as a process on ports that it keeps. */
export interface EmbeddedInstance {
  readonly collectorUrl: string;
  readonly metricsUrl: string;
  readonly reportingUrl: string;
  /** For the command line beside it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The process that was started last. */
  readonly child: () => ChildProcess;
  /** Resolves when the roles are ready. Rejects when the process ends before. */
  start(): Promise<void>;
  /** Resolves when it is gone. Does nothing when it is gone already. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface EmbeddedInstanceOptions {
  readonly dataDir: string;
  /** A built script and its arguments. */
  readonly command: readonly [script: string, ...args: string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Also waits for the metrics service. */
  readonly hasMetrics: boolean;
}

export async function createInstance(options: EmbeddedInstanceOptions): Promise<EmbeddedInstance> {
  const [collector, metrics] = [await findFreePort(), await findFreePort()];
  const [admin, reporting] = [await findFreePort(), await findFreePort()];
  const collectorUrl = `http://127.0.0.1:${collector}`;
  const metricsUrl = `http://127.0.0.1:${metrics}`;
  const env = {
    ...process.env,
    DATA_DIR: options.dataDir,
    SIMULATOR: 'off',
    // One tenant sends all there is.
    LIMIT_EVENTS_PER_SECOND: '0',
    LOG_LEVEL: 'error',
    COLLECTOR_PORT: String(collector),
    METRICS_PORT: String(metrics),
    ADMIN_PORT: String(admin),
    REPORTING_PORT: String(reporting),
    ...options.env,
  };
  const [script, ...args] = options.command;
  let child: ChildProcess | undefined;

  const hasEnded = (): boolean =>
    child !== undefined && (child.exitCode !== null || child.signalCode !== null);

  async function isReady(): Promise<boolean> {
    if (hasEnded()) return true;
    const urls = options.hasMetrics ? [collectorUrl, metricsUrl] : [collectorUrl];
    const answers = await Promise.all(urls.map((url) => fetch(`${url}/readyz`)));
    return answers.every((answer) => answer.ok);
  }

  return {
    collectorUrl,
    metricsUrl,
    reportingUrl: `http://127.0.0.1:${reporting}`,
    env,
    child() {
      if (child === undefined) throw new Error('nothing was started');
      return child;
    },
    async start() {
      child = spawn(process.execPath, [distScript(script), ...args], { env, stdio: 'ignore' });
      await eventually('the instance is ready', async () => ((await isReady()) ? true : undefined), {
        withinMs: readyWithinMs,
      });
      if (hasEnded()) throw new Error(`the instance ended with ${child.exitCode}`);
    },
    async end(signal) {
      if (child === undefined || hasEnded()) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}
