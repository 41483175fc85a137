import { readAccessLogLine } from './access-log-line.js';
import type { ImportFormat } from './parsed-line.js';

/** The format of a file by its first lines; `undefined` when none of them looks like one that is known. */
export function detectFormat(head: Buffer): ImportFormat | undefined {
  const lines = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  for (const line of lines) {
    if (/^\s*\{/.test(line)) return 'cloudevents';
    const fields = readAccessLogLine(line);
    // Lines of both kinds may be mixed where the server's settings changed: the common format takes them all.
    if ('time' in fields) return 'clf';
  }
  return undefined;
}
