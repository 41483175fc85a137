import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority of its own, good for two days: `NAME.pem` and `NAME.key` in the folder. */
export async function makeAuthority(folder: string, name: string): Promise<void> {
  await run('openssl', [
    ...['req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`],
    ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)],
  ]);
}

/** A certificate for 127.0.0.1, signed by an authority of the folder: `NAME.pem` and `NAME.key`. */
export async function makeCertificate(folder: string, name: string, authority: string): Promise<void> {
  const file = (text: string): string => join(folder, text);
  await run('openssl', [
    ...['req', ...newKey, '-subj', `/CN=${name}`],
    ...['-keyout', file(`${name}.key`), '-out', file(`${name}.csr`)],
  ]);
  await writeFile(file(`${name}.ext`), 'subjectAltName=IP:127.0.0.1\n');
  await run('openssl', [
    ...['x509', '-req', '-days', '2', '-in', file(`${name}.csr`), '-extfile', file(`${name}.ext`)],
    ...['-CA', file(`${authority}.pem`), '-CAkey', file(`${authority}.key`), '-CAcreateserial'],
    ...['-out', file(`${name}.pem`)],
  ]);
}
