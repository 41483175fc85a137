/** What the front must know of a statement. The engine judges everything else. */

export interface InsertHead {
  /** The table as it was written, with its database where that was written too. */
  readonly table: string;
  /** The list of columns as it was written, with its brackets. */
  readonly columns: string | undefined;
  readonly settings: string | undefined;
  readonly format: string;
  /** Where the rows begin, for those that follow the statement in the same text. */
  readonly dataStart: number;
}

interface Reader {
  /** Steps over `pattern`, which is sticky, and returns what it matched. */
  take(pattern: RegExp): string | undefined;
  readonly position: number;
}

function createReader(text: string): Reader {
  let position = 0;
  return {
    take(pattern) {
      pattern.lastIndex = position;
      const found = pattern.exec(text)?.[0];
      if (found !== undefined) position = pattern.lastIndex;
      return found;
    },
    get position() {
      return position;
    },
  };
}

const blank = /\s+/y;
const comments = [/\/\*[\s\S]*?\*\//y, /--[^\n]*/y, /#[^\n]*/y];

function skipBlanks(reader: Reader): void {
  while ([blank, ...comments].some((pattern) => reader.take(pattern) !== undefined));
}

/** The statement without the blanks and comments in front of it. */
export function trimHead(text: string): string {
  const reader = createReader(text);
  skipBlanks(reader);
  return text.slice(reader.position);
}

const namePart = '(?:`[^`]+`|"[^"]+"|\\w+|\\{\\w+:\\s*Identifier\\})';
const tableName = new RegExp(`${namePart}(?:\\s*\\.\\s*${namePart})?`, 'y');

/** Reads `INSERT INTO table (columns) SETTINGS ... FORMAT name`; `undefined` for every other statement. */
export function findInsert(text: string): InsertHead | undefined {
  const reader = createReader(text);
  skipBlanks(reader);
  if (reader.take(/INSERT\s+INTO\s+(?:TABLE\s+)?(?!FUNCTION\b)/iy) === undefined) return undefined;
  const table = reader.take(tableName);
  if (table === undefined) return undefined;
  skipBlanks(reader);
  const columns = reader.take(/\((?:[^()]|\([^()]*\))*\)/y);
  skipBlanks(reader);
  const settings = takeSettings(reader);
  const format = takeFormat(reader);
  if (format === undefined) return undefined;
  return { table, columns, settings, format, dataStart: reader.position };
}

function takeSettings(reader: Reader): string | undefined {
  if (reader.take(/SETTINGS\s+/iy) === undefined) return undefined;
  let settings = '';
  for (;;) {
    const pair = reader.take(/\w+\s*=\s*(?:'(?:[^'\\]|\\.|'')*'|[\w.+-]+)\s*/y);
    if (pair === undefined) return settings;
    settings += pair;
    settings += reader.take(/,\s*/y) ?? '';
  }
}

function takeFormat(reader: Reader): string | undefined {
  if (reader.take(/VALUES\b/iy) !== undefined) {
    reader.take(/[ \t]*\r?\n?/y);
    return 'Values';
  }
  if (reader.take(/FORMAT\s+/iy) === undefined) return undefined;
  const format = reader.take(/\w+/y);
  reader.take(/[ \t]*;?[ \t]*\r?\n?/y);
  return format;
}

/** The format that the statement itself asks its answer in. */
export function findFormat(text: string): string | undefined {
  const names = [...text.matchAll(/\bFORMAT\s+(\w+)(?=\s+SETTINGS\b|\s*;?\s*$)/gi)];
  return names.at(-1)?.[1];
}

/** Changes nothing, so that it may be stopped when nobody waits for the answer. */
export function isRead(text: string): boolean {
  return /^(?:\(|(?:SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS)\b)/i.test(trimHead(text));
}

export interface KillTarget {
  /** The id itself, or the name of the parameter that holds it. */
  readonly id?: string;
  readonly parameter?: string;
}

export function isKill(text: string): boolean {
  return /^KILL\s+QUERY\b/i.test(trimHead(text));
}

/** Reads `KILL QUERY WHERE query_id = ...`, the one form that can be served. */
export function findKillTarget(text: string): KillTarget | undefined {
  const head = /^KILL\s+QUERY\s+WHERE\s+query_id\s*=\s*/i.exec(trimHead(text))?.[0];
  if (head === undefined) return undefined;
  const rest = trimHead(text).slice(head.length);
  const [whole, id, parameter] = /^(?:'([\w.:-]+)'|\{(\w+):\s*String\})/.exec(rest) ?? [];
  if (whole === undefined) return undefined;
  if (!/^\s*(?:A?SYNC)?\s*(?:FORMAT\s+\w+)?\s*;?\s*$/i.test(rest.slice(whole.length))) return undefined;
  return { ...(id !== undefined && { id }), ...(parameter !== undefined && { parameter }) };
}

const unsupported: readonly (readonly [RegExp, string])[] = [
  [/^(?:BEGIN|START|COMMIT|ROLLBACK)\b/i, 'Transactions are'],
  [
    /^CREATE\s+(?:OR\s+REPLACE\s+)?TEMPORARY\b/i,
    'Temporary tables, which need a session that outlives the request, are',
  ],
  [
    /^(?:CREATE|ALTER|DROP|SHOW\s+CREATE)\s+(?:USER|ROLE|QUOTA|(?:ROW\s+)?POLICY|(?:SETTINGS\s+)?PROFILE)\b/i,
    'Users, roles, quotas and row policies are',
  ],
  [/^(?:GRANT|REVOKE|SET\s+(?:DEFAULT\s+)?ROLE)\b/i, 'Users and roles are'],
  [/^(?:BACKUP|RESTORE)\b/i, 'Backups (stop the process and copy its data folder instead) are'],
  [/^SYSTEM\s+(?:SHUTDOWN|KILL)\b/i, 'Stopping by a statement is'],
];

/** Names what the statement asks for and nobody here can give. */
export function findUnsupported(text: string): string | undefined {
  const head = trimHead(text.slice(0, 10_000));
  return unsupported.find(([pattern]) => pattern.test(head))?.[1];
}

/** A literal of ClickHouse's SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
