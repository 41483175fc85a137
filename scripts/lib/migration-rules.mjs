/** What a version that is still running does not survive, or what an insert under way meets half done. */
const breaking = [
  [/\bDROP\s+(?:TABLE|COLUMN|SCHEMA|INDEX|CONSTRAINT|FUNCTION)\b/iu, 'drops what an older version may use'],
  [/\bDROP\s+VIEW\b/iu, 'drops a view: an insert under way passes it by. Use ALTER TABLE ... MODIFY QUERY'],
  [/\bRENAME\b/iu, 'renames what an older version may use'],
  [/\bMODIFY\s+COLUMN\b|\bALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE\b/iu, 'changes the type of a column'],
  [/\bSET\s+NOT\s+NULL\b|\bDROP\s+DEFAULT\b/iu, 'refuses rows that an older version writes'],
  [/\bADD\s+(?:CONSTRAINT|CHECK|UNIQUE|FOREIGN)\b/iu, 'refuses rows that an older version may write'],
  [/^\s*TRUNCATE\b/imu, 'removes rows'],
];

const addedColumn = /\bADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?[^,;]*/giu;

/** Statements with the comments before them. A statement ends with a semicolon at the end of its line. */
function statementsOf(text) {
  return text.split(/;[ \t]*$/mu).map((piece) => ({
    comments: piece
      .split('\n')
      .filter((line) => line.trimStart().startsWith('--'))
      .join('\n'),
    sql: piece.replaceAll(/--.*$/gmu, '').replaceAll(/'(?:[^']|'')*'/gu, "''"),
  }));
}

/**
 * What of a migration breaks the version before it, in words. `-- contract: 0.3.0 ...` before a statement names the version that
 * stopped using what it takes away, and makes it a contraction.
 */
export function findBreaks(text) {
  return statementsOf(text).flatMap(({ comments, sql }) => {
    if (/^\s*--\s*contract:\s*\d+\.\d+\.\d+\b/mu.test(comments)) return [];
    const found = breaking.filter(([pattern]) => pattern.test(sql)).map(([, why]) => why);
    for (const [column] of sql.matchAll(addedColumn))
      if (/\bNOT\s+NULL\b/iu.test(column) && !/\bDEFAULT\b|\bGENERATED\b/iu.test(column))
        found.push('adds a column that an older version does not fill: give it a DEFAULT');
    return found.map((why) => `${sql.trim().split('\n')[0].slice(0, 80)}: ${why}`);
  });
}
