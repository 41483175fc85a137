import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findBreaks } from './migration-rules.mjs';

const storage = path.resolve(__dirname, '../../backend/src/storage');
/** Of before there was this rule; what to do about them is in docs/upgrades.md. */
const known = new Set(
  JSON.parse(readFileSync(path.join(__dirname, 'migrations-before-the-rule.json'), 'utf8')),
);

const migrations = ['clickhouse', 'control', 'timescale'].flatMap((store) => {
  const folder = path.join(storage, store, 'migrations');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => ({
      name: `${store}/${name}`,
      breaks: findBreaks(readFileSync(path.join(folder, name), 'utf8')),
    }));
});

it('no migration takes away what the version before it uses', () => {
  expect(migrations.length).toBeGreaterThan(20);
  expect(migrations.filter(({ breaks, name }) => breaks.length > 0 && !known.has(name))).toEqual([]);
});

it('every exception is still one', () => {
  const broken = migrations.filter(({ breaks }) => breaks.length > 0).map(({ name }) => name);
  expect([...known].filter((name) => !broken.includes(name))).toEqual([]);
});

it.each([
  'DROP TABLE a_v1;',
  'ALTER TABLE a_v1 DROP COLUMN b;',
  'DROP VIEW IF EXISTS a_mv;',
  'ALTER TABLE control.a RENAME COLUMN b TO c;',
  'ALTER TABLE control.a ADD COLUMN b text NOT NULL;',
  'ALTER TABLE control.a ALTER COLUMN b SET NOT NULL;',
  'ALTER TABLE control.a ALTER COLUMN b TYPE bigint;',
  'ALTER TABLE a_v1 MODIFY COLUMN b UInt64;',
  'ALTER TABLE control.a ADD CONSTRAINT c CHECK (b > 0);',
  '-- contract: soon\nDROP TABLE a_v1;',
  "-- contract: 0.2.0 nobody reads it any more\nSELECT ';';\nDROP TABLE a_v1;",
])('finds %s', (sql) => {
  expect(findBreaks(`${sql}\n`)).not.toEqual([]);
});

it.each([
  'CREATE TABLE a_v1 (b text NOT NULL);',
  "ALTER TABLE control.a ADD COLUMN b text NOT NULL DEFAULT '';",
  'ALTER TABLE a_v1 ADD COLUMN IF NOT EXISTS b UInt32;',
  '-- Makes no use of DROP TABLE.\nALTER TABLE a_mv MODIFY QUERY SELECT 1;',
  "INSERT INTO a VALUES ('DROP TABLE');",
  '-- contract: 0.2.0 stopped reading it\nDROP TABLE a_v1;',
])('leaves %s alone', (sql) => {
  expect(findBreaks(`${sql}\n`)).toEqual([]);
});
