// npm run secrets [-- FOLDER]: makes the secrets that docker-compose.yml names, in deploy/secrets. What is there stays:
// delete a file to have it made anew. Prints names only.
import { createHash, randomInt } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { relative, root } from './lib/paths.mjs';

const folder = path.resolve(process.argv[2] ?? path.join(root, 'deploy/secrets'));
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const made = [];

// Who may not enter the folder can't read the files. They themselves are readable, because compose mounts them with the
// owner they have here, and each service runs as a user of its own.
fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
fs.chmodSync(folder, 0o700);

const rabbitmq = keep('rabbitmq_password', () => randomText(32));
const clickhouse = keep('clickhouse_password', () => randomText(32));
const clickhouseReader = keep('clickhouse_reader_password', () => randomText(32));
const postgres = keep('postgres_password', () => randomText(32));
keep('secrets_key', () => randomText(48));
keep('grafana_admin_password', () => randomText(24));
keep('grafana_key', randomKey);
keep('ingest_key', randomKey);

// What follows from the passwords, in the form in which each program reads it.
derive('rabbitmq_user.conf', `default_user = coditect\ndefault_pass = ${rabbitmq}\n`);
derive('rabbitmq_url', `amqp://coditect:${rabbitmq}@rabbitmq:5672/\n`);
derive('clickhouse_users.xml', clickhouseUsers(clickhouse));
derive('clickhouse_url', `http://coditect:${clickhouse}@clickhouse:8123/default\n`);
derive('clickhouse_read_url', `http://coditect_reader:${clickhouseReader}@clickhouse:8123/default\n`);
derive('database_url', `postgres://coditect:${postgres}@timescaledb:5432/coditect\n`);

const told = made.length === 0 ? 'Every secret is there already' : `Made ${made.join(', ')}`;
process.stdout.write(`${told} (${relative(folder)}).\n`);

function keep(name, make) {
  const file = path.join(folder, name);
  if (!fs.existsSync(file)) write(name, `${make()}\n`);
  return fs.readFileSync(file, 'utf8').trim();
}

function derive(name, text) {
  const file = path.join(folder, name);
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) write(name, text);
}

/** In place: compose has mounted this very file. */
function write(name, text) {
  const file = path.join(folder, name);
  if (fs.existsSync(file)) fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, text);
  fs.chmodSync(file, 0o444);
  made.push(name);
}

function clickhouseUsers(password) {
  const hash = createHash('sha256').update(password).digest('hex');
  return `<clickhouse>
  <users>
    <default remove="remove"/>
    <coditect>
      <password_sha256_hex>${hash}</password_sha256_hex>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <access_management>1</access_management>
    </coditect>
  </users>
</clickhouse>
`;
}

/** As `keys create` makes them. */
function randomKey() {
  return `cdk_${randomText(8)}_${randomText(36)}`;
}

function randomText(length) {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
