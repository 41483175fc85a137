/** Where a command writes: answers to one stream, everything else to the other. */
export interface Output {
  /** The answer, on standard output. A line end is added. */
  print(text: string): void;
  /** Progress, notes and errors, on standard error. */
  note(text: string): void;
  /** Standard error is a terminal, on which a line may be written over. */
  readonly isTerminal: boolean;
  /** Writes to standard error as it is. */
  draw(text: string): void;
}

/** Rows under headings, in columns as wide as they need to be. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_heading, column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
