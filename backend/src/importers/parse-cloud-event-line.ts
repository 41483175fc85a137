import { rejectLine, type ParseLine } from './parsed-line.js';

/** Deeper events are refused by the collector too; here it keeps the writer of JSON from running out of stack. */
const depthMax = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A line of NDJSON. What it says is checked by the collector's intake; here it only has to be JSON. */
export const parseCloudEventLine: ParseLine = (line) => {
  let event: unknown;
  try {
    event = JSON.parse(utf8.decode(line.bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return rejectLine('not_json', 'The line is not JSON.');
    return rejectLine('not_utf8', 'The line is not UTF-8.');
  }
  if (isDeeperThan(event, depthMax))
    return rejectLine('too_deep', `The event is nested deeper than ${depthMax} levels.`);
  return { ok: true, event, bytes: line.bytes.length };
};

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
