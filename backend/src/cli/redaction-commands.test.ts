import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedactionOperations } from '../admin/redaction-operations.js';
import { createRedactionStore, type TenantRedaction } from '../platform/redaction.js';
import { changeRedaction } from './redaction-commands.js';

const settings = new Map<string, string>();
const operations = createRedactionOperations(
  createRedactionStore({
    getSetting: (name) => Promise.resolve(settings.get(name)),
    putSetting: (name, value) => Promise.resolve(void settings.set(name, value)),
  }),
  (idOrName) => Promise.resolve(idOrName.toLowerCase()),
);

function run(wish: Parameters<typeof changeRedaction>[2]): Promise<TenantRedaction> {
  return changeRedaction(operations, 'ACME', wish);
}

beforeEach(() => {
  settings.clear();
});

describe('rules of redaction on the command line', () => {
  it('are added behind the others, removed whatever their case, and listed', async () => {
    await run({ add: { field: 'customer.*', action: 'mask' } });
    await run({ add: { field: 'plan', action: 'drop' } });
    expect((await run({})).rules.map(({ field }) => field)).toEqual(['customer.*', 'plan']);
    expect((await run({ remove: 'Customer.*' })).rules).toEqual([{ field: 'plan', action: 'drop' }]);
    await expect(run({ remove: 'customer.*' })).rejects.toMatchObject({ code: 'redaction_unknown' });
    await expect(run({ add: { field: 'PLAN', action: 'mask' } })).rejects.toMatchObject({
      code: 'redaction_invalid',
    });
    expect(settings.get('redaction/acme')).toBe('[{"field":"plan","action":"drop"}]');
  });

  it('are taken from a file, in place of those that there are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coditect-redaction-'));
    try {
      const file = join(folder, 'rules.yaml');
      await writeFile(file, 'rules:\n  - field: team\n    action: pseudonymise\n');
      await run({ add: { field: 'plan', action: 'drop' } });
      expect((await run({ file })).rules).toEqual([{ field: 'team', action: 'pseudonymise' }]);
      await writeFile(file, 'rules:\n  - field: team\n    action: hide\n');
      await expect(run({ file })).rejects.toThrow(/rules.yaml/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
