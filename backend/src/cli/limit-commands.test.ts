import { Command } from 'commander';
import type { LimitOperations } from '../admin/limit-operations.js';
import type { OwnLimits } from '../platform/tenant-limits.js';
import { noLimits } from '../testkit/no-limits.js';
import { addLimitsCommand, addUsageCommand } from './limit-commands.js';

const own: OwnLimits = { eventsPerSecond: 5, eventsPerDay: null };

async function run(command: string, ...args: string[]): Promise<{ put: OwnLimits[]; printed: string[] }> {
  const put: OwnLimits[] = [];
  const printed: string[] = [];
  const answer = (set: OwnLimits) => ({
    tenant: 'acme',
    limits: { ...noLimits, eventsPerSecond: set.eventsPerSecond ?? 100 },
    own: set,
  });
  const operations: LimitOperations = {
    getLimits: () => Promise.resolve(answer(own)),
    putLimits(_tenant, set) {
      put.push(set);
      return Promise.resolve(answer(set));
    },
    getUsage: () => Promise.resolve(usage),
  };
  const usage = {
    tenant: 'acme',
    days: [{ day: '2026-01-02', events: 7, rowsRead: 30_000, reportMinutes: 1.25 }],
    stored: { events: 900, countedAt: '2026-01-02T03:00:00.000Z' },
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addLimitsCommand(program, (work) => work(operations), { print: (text) => printed.push(text) });
  addUsageCommand(program, (work) => work(operations), { print: (text) => printed.push(text) });
  await program.parseAsync([command, '--tenant', 'acme', ...args], { from: 'user' });
  return { put, printed };
}

describe('tenants limits', () => {
  it('changes what is named and leaves the rest', async () => {
    expect((await run('limits', '--rows-read-per-day', '1000')).put).toEqual([
      { ...own, rowsReadPerDay: 1_000 },
    ]);
    expect((await run('limits', '--events-per-second', 'none')).put).toEqual([
      { eventsPerSecond: null, eventsPerDay: null },
    ]);
    expect((await run('limits', '--events-per-day', 'default')).put).toEqual([{ eventsPerSecond: 5 }]);
  });

  it('shows what counts, and whether it was set, without a change', async () => {
    const { printed, put } = await run('limits');
    expect(put).toEqual([]);
    expect(printed[0]).toMatch(/^eventsPerSecond +5 +for this tenant/m);
    expect(printed[0]).toMatch(/^storedEvents +none +by configuration/m);
    expect(JSON.parse((await run('limits', '--json')).printed[0] ?? '')).toMatchObject({ own });
  });

  it.each([
    ['--events-per-second', '0'],
    ['--events-per-second', '1.5'],
    ['--events-burst', 'none'],
    ['--rows-read-per-day', 'many'],
  ])('refuses %s %s', async (flag, value) => {
    await expect(run('limits', flag, value)).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  });
});

it('tenants usage shows days and what is stored', async () => {
  const { printed } = await run('usage');
  expect(printed[0]).toMatch(/^2026-01-02 +7 +30000 +1\.3$/m);
  expect(printed[0]).toContain('Stored events: 900 (counted 2026-01-02T03:00:00.000Z)');
});
