import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..');

/** Rooms whose refusals a panel or a report shows. */
const rooms = ['metric-queries', 'metrics-service', 'reporting-service'];

function codesOf(room) {
  const folder = path.join(root, 'backend/src', room);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const refusals = text.matchAll(/(?:new AppError|refuse)\(\s*'([a-z_]+)'/gu);
    const notices = text.matchAll(/severity: '(?:info|warning)', code: '([a-z_]+)'/gu);
    return [...refusals, ...notices].map(([, code]) => code);
  });
}

it.each(rooms)('has an entry for every code of %s', (room) => {
  const page = readFileSync(path.join(root, 'docs/troubleshooting.md'), 'utf8');
  const codes = [...new Set(codesOf(room))];
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
