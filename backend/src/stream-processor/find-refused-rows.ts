/** Says why the store would refuse these rows, or `undefined` when it would take them all. Stores nothing. */
export type AskForRefusal = (rows: readonly string[]) => Promise<Error | undefined>;

export interface RefusedRow {
  /** Its place in the block. */
  readonly index: number;
  readonly error: Error;
}

export type Judgement =
  | { readonly fault: 'rows'; readonly refused: readonly RefusedRow[] }
  /** `error` when the store would refuse any rows; none when it would take all of these. */
  | { readonly fault: 'store'; readonly error: Error | undefined };

/** Blocks up to this size may hold nothing but rows at fault. In a larger one so many rows are tried alone first. */
const sampleSize = 64;

/**
 * Finds the rows for which a block was refused. When a sound row is refused as well, or every one of a sample from all
 * over a large block, the fault is the store's: a table that lost a column must not cost thousands of events.
 */
export async function findRefusedRows(
  rows: readonly string[],
  soundRow: string,
  ask: AskForRefusal,
): Promise<Judgement> {
  const error = (await ask([soundRow])) ?? (await findCommonRefusal(rows, ask));
  if (error !== undefined) return { fault: 'store', error };
  const refused = await bisect(rows, 0, ask);
  return refused.length > 0 ? { fault: 'rows', refused } : { fault: 'store', error: undefined };
}

/** Why the last of a sample is refused, when all of it is. */
async function findCommonRefusal(rows: readonly string[], ask: AskForRefusal): Promise<Error | undefined> {
  if (rows.length <= sampleSize) return undefined;
  let error: Error | undefined;
  for (let sample = 0; sample < sampleSize; sample += 1) {
    const index = Math.floor((sample * rows.length) / sampleSize);
    error = await ask(rows.slice(index, index + 1));
    if (error === undefined) return undefined;
  }
  return error;
}

async function bisect(
  rows: readonly string[],
  offset: number,
  ask: AskForRefusal,
): Promise<readonly RefusedRow[]> {
  const error = await ask(rows);
  if (error === undefined) return [];
  if (rows.length === 1) return [{ index: offset, error }];
  const middle = Math.ceil(rows.length / 2);
  return [
    ...(await bisect(rows.slice(0, middle), offset, ask)),
    ...(await bisect(rows.slice(middle), offset + middle, ask)),
  ];
}
