// Copies what the compiler leaves behind, the numbered SQL files, from src to dist. A file that is gone from src goes
// from dist too, so that an old migration can't linger there.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const file of listSqlFiles('dist')) rmSync(join(root, 'dist', file));
for (const file of listSqlFiles('src')) {
  const target = join(root, 'dist', file);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(root, 'src', file), target);
}

function listSqlFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true }).filter((file) => file.endsWith('.sql'));
}
