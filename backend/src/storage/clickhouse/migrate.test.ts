import { readMigrations, splitStatements } from './migrate.js';

describe('migrations', () => {
  it('are numbered without gaps and hold statements that can be run again', () => {
    const migrations = readMigrations();
    expect(migrations.map((migration) => migration.number)).toEqual(migrations.map((_, index) => index + 1));
    for (const { statements } of migrations) {
      expect(statements.length).toBeGreaterThan(0);
      // Rows of seat_changes_v1 that come again replace themselves; a minimum, or bits that are set, stay the same.
      for (const statement of statements)
        expect(statement).toMatch(
          /IF (NOT )?EXISTS|ALTER TABLE|^INSERT INTO (seat_changes|user_firsts|user_presence)_v1/,
        );
    }
  });

  it('split at semicolons that end a line and drop comment lines', () => {
    expect(splitStatements("-- a; comment\nSELECT ';' AS x;\n\n-- next\nSELECT 2;\n")).toEqual([
      "SELECT ';' AS x",
      'SELECT 2',
    ]);
  });

  it('never alter a view: repeated inserts would count twice behind it', () => {
    const statements = readMigrations().flatMap((migration) => migration.statements);
    expect(statements.filter((statement) => /MODIFY\s+QUERY/i.test(statement))).toEqual([]);
  });
});
