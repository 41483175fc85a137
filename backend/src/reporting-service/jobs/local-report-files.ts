import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportStart } from '../../platform/reports.js';
import type { FoundFile, ReportDraft, ReportFiles } from './report-files.js';

const draftEnd = '.partial';
const fileName = /^(?<id>report_[0-9a-f-]+)\.(?<attempt>\d+)(?:\.partial)?$/;

/** Files in a folder, one folder for each tenant, named so that a name of a tenant is no path. */
export function createLocalReportFiles(folder: string): ReportFiles {
  const folderOf = (tenantId: string): string =>
    join(folder, createHash('sha256').update(tenantId).digest('hex').slice(0, 32));
  const pathOf = ({ tenantId, id, attempt }: ReportStart): string =>
    join(folderOf(tenantId), `${id}.${attempt}`);

  return {
    async create(start) {
      await mkdir(folderOf(start.tenantId), { recursive: true, mode: 0o700 });
      return createDraft(pathOf(start));
    },
    async open(start) {
      try {
        const file = await open(pathOf(start), 'r');
        return file.createReadStream();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async remove(start) {
      await rm(pathOf(start), { force: true });
      await rm(`${pathOf(start)}${draftEnd}`, { force: true });
    },
    async list() {
      const tenants = await namesIn(folder);
      const found = await Promise.all(tenants.map((name) => listFolder(join(folder, name))));
      return found.flat();
    },
  };
}

function createDraft(path: string): ReportDraft {
  const draft = `${path}${draftEnd}`;
  const stream = createWriteStream(draft, { mode: 0o600 });
  return {
    stream,
    async keep() {
      const file = await open(draft, 'r');
      await file.sync().finally(() => file.close());
      await rename(draft, path);
    },
    async discard() {
      stream.destroy();
      await rm(draft, { force: true });
    },
  };
}

async function listFolder(folder: string): Promise<readonly FoundFile[]> {
  return (await namesIn(folder)).flatMap((name): FoundFile[] => {
    const { id, attempt } = fileName.exec(name)?.groups ?? {};
    if (id === undefined) return [];
    return [{ id, attempt: Number(attempt), remove: () => rm(join(folder, name), { force: true }) }];
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
