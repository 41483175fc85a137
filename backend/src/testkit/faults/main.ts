import { parseArgs } from 'node:util';
import { CountsDifferError, type FaultReport } from './check-counts.js';
import { runFaults } from './run-faults.js';
import { scenarios, type NamedScenario } from './scenarios.js';

/** What `npm run faults` runs: prints what it does, and the counts as JSON in its last line, whether they agree or not. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      kills: { type: 'string', default: '30' },
      only: { type: 'string', default: '' },
    },
  });
  const seed = readNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000)));
  const kills = readNumber('--kills', values.kills);
  const chosen = chooseScenarios(values.only);
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      controller.abort(new Error('stopped'));
    });
  }
  const startedAt = performance.now();
  const say = (text: string): void => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7);
    process.stdout.write(`${seconds} s  ${text.replaceAll('\n', '\n           ')}\n`);
  };
  const again = `--seed ${seed} --kills ${kills}${values.only === '' ? '' : ` --only '${values.only}'`}`;
  say(`seed ${seed}, ${kills} kills; the same again: npm run faults -- ${again}`);
  const print = (report: FaultReport): void => {
    process.stdout.write(`${JSON.stringify(report)}\n`);
  };
  try {
    print(await runFaults({ seed, kills, scenarios: chosen, say, signal: controller.signal }));
    return 0;
  } catch (error) {
    if (!(error instanceof CountsDifferError)) throw error;
    process.stderr.write(`${error.message}\n`);
    print(error.report);
    return 1;
  }
}

/** Those in whose name this text stands. */
function chooseScenarios(only: string): readonly NamedScenario[] {
  const chosen = scenarios.filter(({ name }) => name.includes(only));
  if (chosen.length > 0) return chosen;
  const names = scenarios.map(({ name }) => `  ${name}`);
  throw new Error([`--only ${only} is in the name of no scenario:`, ...names].join('\n'));
}

function readNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} must be a whole number, given: ${text}`);
  return Number(text);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
