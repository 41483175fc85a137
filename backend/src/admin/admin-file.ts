import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adminFileSchema, type AdminFile } from './api.js';

const fileName = 'admin.json';

/** The file appears whole and is readable by this user only. */
export async function writeAdminFile(dataDir: string, content: AdminFile): Promise<void> {
  const path = join(dataDir, fileName);
  await rm(`${path}.partial`, { force: true });
  await writeFile(`${path}.partial`, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  await rename(`${path}.partial`, path);
}

/** Says where the running instance of a data folder is. One that crashed leaves its file behind. */
export async function findAdminFile(dataDir: string): Promise<AdminFile | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(join(dataDir, fileName), 'utf8'));
    return adminFileSchema.safeParse(content).data;
  } catch {
    return undefined;
  }
}

/** Removes the file, unless another instance has written its own since. */
export async function removeAdminFile(dataDir: string, token: string): Promise<void> {
  const found = await findAdminFile(dataDir);
  if (found?.token === token) await rm(join(dataDir, fileName), { force: true });
}
