import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BackupWriter } from '../../platform/backups.js';
import { checkBackup, restoreBackup } from './restore-backup.js';
import { writeBackup } from './write-backup.js';

const writer: BackupWriter = {
  product: '1.2.0',
  engines: { chdb: '3.4.0' },
  migrations: { clickhouse: 9, control: 10, timescale: 6 },
};
const now = (): Date => new Date('2026-03-01T00:00:00Z');
const part = 'clickhouse/store/0a1/0a1b2c3d-0000-4000-8000-000000000000/202603_1_4_1';
const table = '../../store/0a1/0a1b2c3d-0000-4000-8000-000000000000';

let world: string;
let dataDir: string;
let folder: string;
let target: string;

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dataDir, path)), { recursive: true });
  await writeFile(join(dataDir, path), text);
}

const back = (): ReturnType<typeof writeBackup> => writeBackup({ dataDir, folder, writer, now });
const restore = (reader = writer): ReturnType<typeof restoreBackup> =>
  restoreBackup({ folder, dataDir: target, writer: reader, now });

beforeEach(async () => {
  world = await mkdtemp(join(tmpdir(), 'coditect-backup-'));
  [dataDir, folder, target] = [join(world, 'data'), join(world, 'backup'), join(world, 'restored')];
  await put(`${part}/data.bin`, 'rows');
  await put('clickhouse/status', 'PID: 1');
  await put('control/PG_VERSION', '17');
  await put('control/postmaster.pid', '1');
  await put('journal/token.ndjson', '{}\n');
  await put('journal/other.ndjson.partial', '{');
  await put('lock', '{}');
  await put('workbench.json', '{"key":"secret"}');
  await mkdir(join(dataDir, 'control/pg_tblspc'));
  await mkdir(join(dataDir, 'clickhouse/data/default'), { recursive: true });
  await symlink(table, join(dataDir, 'clickhouse/data/default/events_raw_v1'));
});

afterEach(async () => {
  await rm(world, { recursive: true, force: true });
});

describe('a backup', () => {
  it('brings back files, links and empty folders, and nothing about the process that had them', async () => {
    await put('reports/r1.pdf', '%PDF');
    const manifest = await back();
    expect(manifest.files.map(({ path }) => path)).toEqual([
      `${part}/data.bin`,
      'control/PG_VERSION',
      'journal/token.ndjson',
      'reports/r1.pdf',
    ]);
    await restore();
    expect(await readFile(join(target, part, 'data.bin'), 'utf8')).toBe('rows');
    expect(await readlink(join(target, 'clickhouse/data/default/events_raw_v1'))).toBe(table);
    expect((await lstat(join(target, 'control/pg_tblspc'))).isDirectory()).toBe(true);
    expect(JSON.parse(await readFile(join(target, 'restored.json'), 'utf8'))).toMatchObject({
      takenAt: '2026-03-01T00:00:00.000Z',
    });
    const left = ['lock', 'workbench.json', 'restoring', 'clickhouse/status', 'control/postmaster.pid'];
    expect(left.filter((name) => existsSync(join(target, name)))).toEqual([]);
  });

  it('holds the files as they were in the still moment, whatever is written in place or removed later', async () => {
    const holdStill = async (work: () => Promise<void>): Promise<void> => {
      await work();
      await put('control/PG_VERSION', 'later');
      await rm(join(dataDir, part), { recursive: true });
    };
    await writeBackup({ dataDir, folder, writer, now, holdStill });
    await restore();
    expect(await readFile(join(target, 'control/PG_VERSION'), 'utf8')).toBe('17');
    expect(await readFile(join(target, part, 'data.bin'), 'utf8')).toBe('rows');
    expect(existsSync(join(dataDir, 'backup-links'))).toBe(false);
  });

  it('is refused where something is already, and within the data', async () => {
    await back();
    await expect(back()).rejects.toMatchObject({ code: 'backup_folder_not_empty' });
    folder = join(dataDir, 'backup');
    await expect(back()).rejects.toMatchObject({ code: 'backup_folder_within' });
    [dataDir, folder] = [join(world, 'nothing'), join(world, 'other')];
    await expect(back()).rejects.toMatchObject({ code: 'backup_nothing' });
  });

  it('that was cut off is none', async () => {
    const holdStill = async (work: () => Promise<void>): Promise<void> => {
      await work();
      throw new Error('the power went');
    };
    await expect(writeBackup({ dataDir, folder, writer, now, holdStill })).rejects.toThrow('power');
    await expect(restore()).rejects.toMatchObject({ code: 'backup_unknown' });
  });
});

describe('restoring', () => {
  it('is refused where something is already', async () => {
    await back();
    await mkdir(target);
    await writeFile(join(target, 'lock'), '{}');
    await restore();
    await expect(restore()).rejects.toMatchObject({ code: 'data_folder_not_empty' });
  });

  it('puts nothing in its place when one file is damaged or missing, and can be repeated', async () => {
    await back();
    const file = join(folder, 'data', part, 'data.bin');
    await writeFile(file, 'rowz');
    await expect(checkBackup({ folder, writer })).rejects.toMatchObject({ code: 'backup_damaged' });
    await expect(restore()).rejects.toThrow(part);
    await rm(file);
    await expect(restore()).rejects.toMatchObject({ code: 'backup_damaged' });
    expect(existsSync(join(target, 'control'))).toBe(false);
    await writeFile(file, 'rows');
    await checkBackup({ folder, writer });
    await restore();
  });

  it('is refused by an older product or engine, and allowed to a newer one', async () => {
    await back();
    const older = { ...writer, migrations: { ...writer.migrations, control: 9 } };
    await expect(restore(older)).rejects.toMatchObject({ code: 'backup_newer' });
    await expect(restore({ ...writer, engines: { chdb: '3.3.11' } })).rejects.toThrow('chdb 3.4.0');
    await restore({ ...writer, engines: { chdb: '3.10.0' } });
  });

  it.each(['../outside', '/etc/outside', 'control/../../outside'])(
    'writes nothing outside its folder: %s',
    async (path) => {
      const manifest = await back();
      const [first] = manifest.files;
      const changed = { ...manifest, files: [{ ...first, path }] };
      await writeFile(join(folder, 'manifest.json'), JSON.stringify(changed));
      await expect(restore()).rejects.toMatchObject({ code: 'backup_unknown' });
    },
  );
});
