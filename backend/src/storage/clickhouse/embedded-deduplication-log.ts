import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** A record of the engine's own log: operation, part, block, with tabs between. */
const operationAdd = '1';
const operationDrop = '2';
const logFolder = 'deduplication_logs';

interface PartRange {
  readonly partition: string;
  readonly blockMin: number;
  readonly blockMax: number;
}

/**
 * The engine notes the token of an insert before the part has its name, per table. Killed in between, it starts again
 * with a token that stands for nothing, and takes the repeated insert for a duplicate: that one table lacks the rows for
 * good. This takes such tokens back, so that the repeated insert counts. For the folder of a closed engine only.
 * Returns how many tokens were taken back.
 */
export function forgetTokensWithoutParts(enginePath: string): number {
  let forgotten = 0;
  for (const tableFolder of listTableFolders(join(enginePath, 'store')))
    forgotten += repairTable(tableFolder);
  return forgotten;
}

/** `store/<first three characters of the id>/<id of the table>`, for those that keep a log. */
function listTableFolders(storeFolder: string): readonly string[] {
  if (!existsSync(storeFolder)) return [];
  return readdirSync(storeFolder)
    .flatMap((prefix) => readdirSync(join(storeFolder, prefix)).map((id) => join(storeFolder, prefix, id)))
    .filter((folder) => existsSync(join(folder, logFolder)));
}

function repairTable(tableFolder: string): number {
  const last = readLogs(join(tableFolder, logFolder));
  if (last === undefined) return 0;
  const parts = readdirSync(tableFolder).flatMap((name) => parsePartName(name) ?? []);
  const orphans = [...last.added].filter(([, part]) => !parts.some((kept) => isWithin(part, kept)));
  const records = orphans.map(([block, part]) => `${operationDrop}\t${part.name}\t${block}\n`);
  if (records.length > 0) appendFileSync(last.path, records.join(''));
  return records.length;
}

interface LoggedPart extends PartRange {
  readonly name: string;
}

/** What the logs say together, oldest file first, and where a new record goes. */
function readLogs(
  folder: string,
): { readonly path: string; readonly added: ReadonlyMap<string, LoggedPart> } | undefined {
  const paths = readdirSync(folder)
    .sort((left, right) => numberOf(left) - numberOf(right))
    .map((name) => join(folder, name));
  const added = new Map<string, LoggedPart>();
  for (const record of paths.flatMap(readWholeRecords)) {
    const [operation, name = '', block = ''] = record.split('\t');
    const part = parsePartName(name);
    if (operation === operationAdd && part !== undefined) added.set(block, { ...part, name });
    else added.delete(block);
  }
  const path = paths.at(-1);
  return path === undefined ? undefined : { path, added };
}

function numberOf(logName: string): number {
  return Number(/\d+/.exec(logName)?.[0] ?? 0);
}

/** Cuts off a record that a kill left half written: the engine would read nothing after it. */
function readWholeRecords(path: string): readonly string[] {
  const text = readFileSync(path, 'latin1');
  const end = text.lastIndexOf('\n') + 1;
  if (end < text.length) truncateSync(path, end);
  return text.slice(0, end).split('\n').slice(0, -1);
}

/** `<partition>_<first block>_<last block>_<level>`; other folders of a table, such as those under way, are no parts. */
function parsePartName(name: string): PartRange | undefined {
  const [, partition, blockMin, blockMax] = /^([^_]+)_(\d+)_(\d+)_\d+(?:_\d+)?$/.exec(name) ?? [];
  if (partition === undefined) return undefined;
  return { partition, blockMin: Number(blockMin), blockMax: Number(blockMax) };
}

function isWithin(part: PartRange, kept: PartRange): boolean {
  return (
    part.partition === kept.partition && part.blockMin >= kept.blockMin && part.blockMax <= kept.blockMax
  );
}
