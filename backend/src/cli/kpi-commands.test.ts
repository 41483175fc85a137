import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addKpiCommands } from './kpi-commands.js';

const good = `kpis:
  - id: reviews
    title: Reviews
    definition: Runs of the reviewer.
    unit: count
    owner: us
    dimensions: [team]
    measure: { kind: count, where: { types: [ai.coditect.agent.run.ended.v1] } }
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpis-check-'));
  await mkdir(join(folder, 'acme'));
});
afterEach(() => rm(folder, { recursive: true }));

async function check(...args: string[]): Promise<{ readonly printed: string; readonly error: unknown }> {
  const printed: string[] = [];
  const output = {
    print: (text: string) => printed.push(text),
    note: () => undefined,
    draw: () => undefined,
    isTerminal: false,
  };
  const program = new Command().exitOverride();
  addKpiCommands(program, { output, getKpiDir: () => folder, callersDirectory: undefined });
  const error: unknown = await program.parseAsync(['kpis', 'check', ...args], { from: 'user' }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { printed: printed.join('\n'), error };
}

describe('kpis check', () => {
  it('lists what counts and what is doubtful, and is content', async () => {
    await writeFile(join(folder, 'acme', 'a.yaml'), good);
    const { error, printed } = await check();
    expect(error).toBeUndefined();
    expect(printed).toMatch(
      /^warning: acme\/a\.yaml:8:\d+: reviews: measure\.where\.types\.0: .*\nacme: reviews$/,
    );
  });

  it('fails with every error, its file, line and column', async () => {
    await writeFile(join(folder, 'acme', 'a.yaml'), good.replace('unit: count', 'unit: USD'));
    await writeFile(join(folder, 'stray.yaml'), good);
    const { error, printed } = await check();
    expect(error).toMatchObject({ code: 'kpis_faulty', message: `2 errors in ${folder}.` });
    expect(printed).toContain('error: acme/a.yaml:5:11: reviews: unit:');
    expect(printed).toContain('error: stray.yaml:1:1:');
    expect(printed).toContain('acme: none');
    const json: unknown = JSON.parse((await check('--json')).printed);
    expect(json).toMatchObject({ kpis: { acme: [] }, problems: [{ severity: 'error' }, {}, {}] });
  });

  it('looks where it is told, and says when there is nothing', async () => {
    expect((await check()).printed).toBe('There are none.');
    const missing = join(folder, 'nowhere');
    expect((await check('--dir', missing)).error).toMatchObject({ code: 'folder_missing' });
  });
});
