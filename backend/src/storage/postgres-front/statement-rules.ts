/**
 * All clients share one session of the engine. Here is what would leak from one to the next, or would break the engine:
 * it is refused. Settings are no such thing; they are put back.
 */

/** Literals and comments: what stands in them is no statement. */
const quiet =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

function splitStatements(sql: string): readonly string[] {
  return sql
    .replaceAll(quiet, (text) => (text.startsWith('-') || text.startsWith('/') ? ' ' : "''"))
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

const refused: readonly (readonly [RegExp, string])[] = [
  [/^COPY\b[\s\S]*\bFROM\s+STDIN\b/i, 'COPY FROM STDIN (the engine ends with it; use INSERT with arrays)'],
  [/^(?:UN)?LISTEN\b/i, 'LISTEN'],
  [
    /^(?:PREPARE|EXECUTE|DEALLOCATE)\b/i,
    'PREPARE, EXECUTE and DEALLOCATE as statements (use those of the protocol)',
  ],
  [/^DISCARD\b/i, 'DISCARD'],
  [
    /^SET\s+(?:SESSION\s+|LOCAL\s+)?(?:ROLE|SESSION\s+AUTHORIZATION)\b/i,
    'SET ROLE and SET SESSION AUTHORIZATION',
  ],
  [/^DECLARE\b[\s\S]*\bWITH\s+HOLD\b/i, 'a cursor WITH HOLD'],
  [
    /^CREATE\s+(?:GLOBAL\s+|LOCAL\s+)?TEMP(?:ORARY)?\b(?![\s\S]*\bON\s+COMMIT\s+DROP\b)/i,
    'a temporary table without ON COMMIT DROP',
  ],
  [/\bINTO\s+TEMP(?:ORARY)?\b/i, 'SELECT INTO TEMPORARY'],
  [
    /\bpg_(?:try_)?advisory_(?:un)?lock(?:_shared|_all)?\s*\(/i,
    'advisory locks of a session (use pg_advisory_xact_lock)',
  ],
];

/** Names what a text asks for and can't be had. */
export function findRefusal(sql: string): string | undefined {
  const statements = splitStatements(sql);
  for (const statement of statements) {
    const rule = refused.find(([pattern]) => pattern.test(statement));
    if (rule !== undefined) return rule[1];
  }
  const isMixed = statements.length > 1 && statements.some(isSetting);
  return isMixed ? 'SET or RESET beside other statements in one text (SET LOCAL is fine)' : undefined;
}

function isSetting(statement: string): boolean {
  return /^(?:RESET|SET\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b))/i.test(statement);
}

/** Sets something for the rest of the session. */
export function isSessionSetting(sql: string): boolean {
  return splitStatements(sql).some(isSetting);
}

/** May leave a setting behind in another way than by SET. */
export function mayLeaveSetting(sql: string): boolean {
  return isSessionSetting(sql) || /\bset_config\b|\$\$|\bDO\b|\bCALL\b/i.test(sql);
}

/** Settings that a client may bring when it signs in, put as statements. Others mean nothing here. */
const startupSettings = new Set([
  'timezone',
  'datestyle',
  'intervalstyle',
  'search_path',
  'extra_float_digits',
]);

export function toSettings(parameters: ReadonlyMap<string, string>): readonly string[] {
  return [...parameters]
    .filter(([name]) => startupSettings.has(name.toLowerCase()))
    .map(
      ([name, value]) =>
        `SELECT pg_catalog.set_config('${name.toLowerCase()}', '${value.replaceAll("'", "''")}', false)`,
    );
}

/** A statement that fails with these words, and a transaction around it with it. */
export function toFailure(refusal: string): string {
  const message = `npm run stores does not support ${refusal}.`.replaceAll("'", "''");
  return `DO $refusal$ BEGIN RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = '${message}'; END $refusal$`;
}
