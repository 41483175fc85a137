import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addMigrateCommand, type MigrationWish } from './migrate-command.js';

const folder = mkdtempSync(join(tmpdir(), 'coditect-migrate-'));
const file = join(folder, 'grafana_key');

beforeAll(() => {
  writeFileSync(file, 'cdk_01234567_secret\n');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(...args: string[]): Promise<{ wishes: MigrationWish[]; printed: string[] }> {
  const wishes: MigrationWish[] = [];
  const printed: string[] = [];
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const migrate = (wish: MigrationWish): ReturnType<Parameters<typeof addMigrateCommand>[1]> => {
    wishes.push(wish);
    const migration = { store: 'control', number: 2, name: '0002_b.sql', checksum: 'x', appliedAt: 'now' };
    const key = {
      tenant: 'acme',
      scopes: ['read'],
      id: 'key_2',
      outcome: 'loaded',
      replaced: 'key_1',
    } as const;
    return Promise.resolve({ migrations: [{ ...migration, name: '0001_a.sql' }, migration], keys: [key] });
  };
  const note = (): void => undefined;
  addMigrateCommand(program, migrate, {
    print: (text) => printed.push(text),
    note,
    draw: note,
    isTerminal: false,
  });
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: note });
  await program.parseAsync(['migrate', ...args], { from: 'user' });
  return { wishes, printed };
}

describe('migrate', () => {
  it('reads keys from their files, without the end of the line', async () => {
    const { wishes } = await run('--tenant', 'acme', '--key-file', `report,read=${file}`);
    expect(wishes).toEqual([
      {
        tenant: 'acme',
        timeZone: 'UTC',
        besideProcessors: false,
        keys: [{ scopes: ['read', 'report'], path: file, key: 'cdk_01234567_secret' }],
      },
    ]);
  });

  it('says where each store stands and which key ends, and shows no secret', async () => {
    const { printed } = await run();
    expect(printed).toEqual([
      'control is at 0002_b.sql\nkey key_2 of acme for read: loaded; key_1 ends in an hour',
    ]);
  });

  it.each([
    ['a scope that there is not', '--tenant', 'acme', '--key-file', `write=${file}`],
    ['a file without scopes', '--tenant', 'acme', '--key-file', file],
    ['a key without a tenant', '--key-file', `read=${file}`],
  ])('refuses %s', async (_what, ...args) => {
    await expect(run(...args)).rejects.toMatchObject({ exitCode: 1 });
  });
});
