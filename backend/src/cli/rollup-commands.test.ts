import { Command } from 'commander';
import type { RollupOperations } from '../admin/operations.js';
import type { RollupRequest } from '../platform/rollup-requests.js';
import type { OperationsOpener } from './operations-opener.js';
import { addRollupCommand } from './rollup-commands.js';

function createWorld() {
  const printed: string[] = [];
  const asked: RollupRequest[] = [];
  const operations: RollupOperations = {
    rollUp(request) {
      asked.push(request);
      const dropped = request.from === '2026-03-01' ? ['2026-03-02'] : [];
      return Promise.resolve({
        tenants: [{ tenant: 'acme', days: 7 - dropped.length, dropped, isBusy: false }],
      });
    },
  };
  const refuse = () => Promise.reject(new Error('not asked for'));
  const opener: OperationsOpener = {
    withControl: refuse,
    withEvents: refuse,
    withMigrations: refuse,
    withRollups: (work) => work(operations),
    withSubjects: refuse,
  };
  const program = new Command('coditect').exitOverride().configureOutput({ writeErr: () => undefined });
  const output = {
    print: (text: string) => printed.push(text),
    note: () => undefined,
    draw: () => undefined,
    isTerminal: false,
  };
  addRollupCommand(program, () => opener, output);
  program.commands.forEach((command) => command.exitOverride());
  return {
    printed,
    asked,
    run: (...args: readonly string[]) => program.parseAsync(['rollup', ...args], { from: 'user' }),
  };
}

describe('rollup', () => {
  it('asks for a week at a time, and names the days that were left alone', async () => {
    const { asked, printed, run } = createWorld();
    await run('--tenant', 'acme', '--from', '2026-03-01', '--to', '2026-03-10');
    expect(asked).toEqual([
      { tenant: 'acme', from: '2026-03-01', to: '2026-03-08' },
      { tenant: 'acme', from: '2026-03-08', to: '2026-03-10' },
    ]);
    expect(printed).toEqual([
      'acme: 13 days rolled up. Left alone, as their events have left landing: 2026-03-02.',
    ]);
  });

  it('prints JSON', async () => {
    const { printed, run } = createWorld();
    await run('--from', '2026-03-01', '--to', '2026-03-02', '--json');
    expect(JSON.parse(printed[0] ?? '')).toEqual({
      tenants: [{ tenant: 'acme', days: 6, dropped: ['2026-03-02'], isBusy: false }],
    });
  });

  it.each([
    ['2026-02-30', '2026-03-02'],
    ['2026-03-02', '2026-03-02'],
    ['today', '2026-03-02'],
  ])('refuses from %s to %s', async (from, to) => {
    const { asked, run } = createWorld();
    await expect(run('--from', from, '--to', to)).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
    expect(asked).toEqual([]);
  });
});
