import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { createGoalOperations } from '../admin/goal-operations.js';
import type { Operations } from '../admin/operations.js';
import { kpiCatalogue } from '../kpis/catalogue.js';
import { createGoalSettings } from '../kpis/goals/goal-settings.js';
import { createMemoryGoalsStore } from '../testkit/memory-goals-store.js';
import { refusedOperations } from '../testkit/refused-operations.js';
import { addGoalCommands } from './goal-commands.js';

function createWorld() {
  const store = createMemoryGoalsStore(['acme', 'globex']);
  const goals = createGoalOperations(createGoalSettings({ store, kpisOf: () => kpiCatalogue }), (id) =>
    Promise.resolve(id),
  );
  const refuse = (): never => {
    throw new Error('not asked for');
  };
  const operations: Operations = { ...refusedOperations, ...goals };
  const printed: string[] = [];
  async function run(...args: string[]): Promise<string> {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    addGoalCommands(program, {
      opener: () => ({
        withControl: (work) => work(operations),
        withEvents: refuse,
        withMigrations: refuse,
        withRollups: refuse,
        withSubjects: refuse,
      }),
      output: {
        print: (text) => printed.push(text),
        note: refuse,
        draw: refuse,
        isTerminal: false,
      },
      callersDirectory: undefined,
    });
    await program.parseAsync(['goals', ...args, '--tenant', 'acme'], { from: 'user' });
    return printed.at(-1) ?? '';
  }
  return { run, store };
}

describe('goals on the command line', () => {
  it('are set one by one', async () => {
    const { run, store } = createWorld();
    await run(
      'set-target',
      'fast',
      '--metric',
      'cost',
      '--value',
      '1.5',
      '--scope',
      'team=a=b',
      '--by',
      '2026-12-31',
    );
    await run('set-budget', 'all', '--monthly-usd', '900', '--warn-at', '0.5,1');
    await run(
      'set-budget',
      'red',
      '--monthly-usd',
      '90',
      '--scope',
      'team=red',
      '--scope',
      'agent=x',
      '--from',
      '2026-03-01',
    );
    await run('set-seat-price', 'seat', '--monthly-usd', '39');
    expect((await store.read('acme')).api).toEqual({
      targets: [{ name: 'fast', metric: 'cost', value: 1.5, scope: { team: 'a=b' }, by: '2026-12-31' }],
      budgets: [
        { name: 'all', monthlyUsd: 900, scope: {}, warnAt: [0.5, 1] },
        {
          name: 'red',
          monthlyUsd: 90,
          scope: { team: 'red', agent: 'x' },
          from: '2026-03-01',
          warnAt: [0.8, 1],
        },
      ],
      seatPrices: [{ name: 'seat', monthlyUsd: 39 }],
    });
    await run('remove', 'seat-price', 'seat');
    expect((await store.read('acme')).api.seatPrices).toEqual([]);
    await expect(run('remove', 'seat-price', 'seat')).rejects.toMatchObject({ code: 'goal_unknown' });
  });

  it('are listed with where they come from, and which of two counts', async () => {
    const { run, store } = createWorld();
    expect(await run('list')).toBe('There are none.');
    await store.replace('acme', 'file', {
      targets: [],
      budgets: [],
      seatPrices: [{ name: 'seat', monthlyUsd: 5 }],
    });
    await run('set-seat-price', 'seat', '--monthly-usd', '39');
    expect((await run('list')).split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['KIND', 'NAME', 'WHAT', 'SCOPE', 'FROM', 'BY', 'ORIGIN'],
      ['seat-price', 'seat', '5 USD a seat and month', 'all', '-', '-', 'file'],
      ['seat-price', 'seat', '39 USD a seat and month', 'all', '-', '-', 'api (the file counts)'],
    ]);
    expect(JSON.parse(await run('list', '--json'))).toMatchObject({ api: {}, file: {} });
  });

  it.each([
    [['set-target', 'a', '--metric', 'csot', '--value', '1'], { code: 'metric_unknown' }],
    [['set-target', 'a', '--metric', 'cost', '--value', ''], { code: 'commander.invalidArgument' }],
    [
      ['set-target', 'a', '--metric', 'cost', '--value', '1', '--scope', 'team'],
      { code: 'commander.invalidArgument' },
    ],
    [['set-target', 'A B', '--metric', 'cost', '--value', '1'], { code: 'goal_invalid' }],
    [['set-budget', 'a', '--monthly-usd', '0'], { code: 'goal_invalid' }],
    [['remove', 'targets', 'a'], { code: 'commander.invalidArgument' }],
  ])('are refused: %j', async (args, expected) => {
    await expect(createWorld().run(...args)).rejects.toMatchObject(expected);
  });

  it('are imported from a file, whose mistakes are told by line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coditect-goals-'));
    const { run, store } = createWorld();
    await run('set-seat-price', 'old', '--monthly-usd', '39');
    const file = join(folder, 'goals.yaml');
    await writeFile(file, 'budgets:\n  - name: all\n    monthlyUsd: 10\n');
    await run('import', file);
    expect((await store.read('acme')).api).toEqual({
      targets: [],
      budgets: [{ name: 'all', monthlyUsd: 10, scope: {}, warnAt: [0.8, 1] }],
      seatPrices: [],
    });
    await writeFile(file, 'targets:\n  - name: all\n    value: 10\n    metric: csot\n');
    await expect(run('import', file)).rejects.toMatchObject({
      issues: [{ file, line: 4, reason: 'There is no KPI "csot". Did you mean "cost"?' }],
    });
    await writeFile(file, '{"budgets": [{"name": "all"}]}');
    await expect(run('import', file)).rejects.toMatchObject({ code: 'file_invalid' });
    await expect(run('import', join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'file_unreadable' });
    expect((await store.read('acme')).api.budgets).toHaveLength(1);
    await rm(folder, { recursive: true });
  });
});
