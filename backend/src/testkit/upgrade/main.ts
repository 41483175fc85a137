import { parseArgs } from 'node:util';
import { runDrill } from './drill.js';

/** What `npm run upgrade:drill` runs. Its last line is JSON; ends with 1 when a number differs. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      old: { type: 'string' },
      new: { type: 'string' },
      seed: { type: 'string', default: '1' },
      events: { type: 'string', default: '2000' },
      'pause-processors': { type: 'boolean', default: false },
    },
  });
  if (values.old === undefined || values.new === undefined)
    throw new Error('--old and --new name the compiled versions');
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      controller.abort(new Error('stopped'));
    });
  }
  const startedAt = performance.now();
  const checks = await runDrill({
    seed: Number(values.seed),
    oldDist: values.old,
    newDist: values.new,
    pausesProcessors: values['pause-processors'],
    eventsPerPhase: Number(values.events),
    say: (text) => {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7);
      process.stdout.write(`${seconds} s  ${text}\n`);
    },
    signal: controller.signal,
  });
  process.stdout.write(`${JSON.stringify(checks)}\n`);
  return checks.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
