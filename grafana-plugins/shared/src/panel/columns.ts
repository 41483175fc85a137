import { type FieldType, type DataFrame, type Field } from '@grafana/data';

/** A column that a panel draws from, whoever made the frame. */
export interface ColumnWish<Key extends string> {
  key: Key;
  /** What the field may be called, our own name first. Case and everything but letters and digits don't count. */
  names: readonly [string, ...string[]];
  types: readonly FieldType[];
  /** A column that is needed is also found by its type and its place; any other one by its name alone. */
  isNeeded: boolean;
  /** For a person whose frame lacks it. */
  meaning: string;
}

export interface FoundColumns<Key extends string> {
  columns: ReadonlyMap<Key, Field>;
  /** Needed and not there. */
  missing: Key[];
}

/** Finds columns by name first; what is needed and has no such name is the next field of a fitting type. */
export function findColumns<Key extends string>(
  frame: DataFrame,
  wishes: ReadonlyArray<ColumnWish<Key>>,
): FoundColumns<Key> {
  const columns = new Map<Key, Field>();
  const free = new Set(frame.fields.filter((field) => !isHidden(field)));
  const take = (key: Key, fits: (field: Field) => boolean) => {
    const field = columns.has(key) ? undefined : [...free].find(fits);
    if (field) {
      columns.set(key, field);
      free.delete(field);
    }
  };
  for (const { key, names, types } of wishes) {
    // In the order of the names: a column of a less telling name may come first in the frame.
    for (const name of names) {
      take(key, (field) => types.includes(field.type) && namesOf(field).includes(plain(name)));
    }
  }
  for (const { key, types } of wishes.filter((wish) => wish.isNeeded && !columns.has(wish.key))) {
    take(key, (field) => types.includes(field.type));
  }
  return {
    columns,
    missing: wishes.filter(({ key, isNeeded }) => isNeeded && !columns.has(key)).map(({ key }) => key),
  };
}

/** Whether all that is needed is there by name: what only fits by its type may mean something else. */
export function hasNamedColumns<Key extends string>(
  frame: DataFrame,
  wishes: ReadonlyArray<ColumnWish<Key>>,
): boolean {
  const byName = wishes.map((wish) => ({ ...wish, isNeeded: false }));
  const { columns } = findColumns(frame, byName);
  return wishes.every(({ key, isNeeded }) => !isNeeded || columns.has(key));
}

/** What a panel tells when it can't read what it got. */
export interface ShapeProblem {
  expected: { name: string; types: string; meaning: string; isNeeded: boolean; isFound: boolean }[];
  /** One line for each frame: its fields with their types. */
  found: string[];
}

/** Explains why none of the frames fits, by the one that lacks the least. */
export function describeShape<Key extends string>(
  frames: readonly DataFrame[],
  wishes: ReadonlyArray<ColumnWish<Key>>,
): ShapeProblem {
  const attempts = frames.map((frame) => findColumns(frame, wishes));
  const best = attempts.reduce<FoundColumns<Key> | undefined>(
    (least, attempt) => (least && least.missing.length <= attempt.missing.length ? least : attempt),
    undefined,
  );
  const expected = wishes.map(({ key, names, types, meaning, isNeeded }) => ({
    ...{ name: names[0], meaning, isNeeded },
    types: types.join(' or '),
    isFound: best?.columns.has(key) ?? false,
  }));
  return {
    // What has to be added comes first: a small panel shows no more.
    expected: expected.sort((a, b) => urgencyOf(b) - urgencyOf(a)),
    found: frames.slice(0, 3).map((frame) => {
      const fields = frame.fields.slice(0, 20).map(({ name, type }) => `${name} (${type})`);
      return fields.length === 0 ? 'no fields' : fields.join(', ');
    }),
  };
}

function urgencyOf({ isNeeded, isFound }: { isNeeded: boolean; isFound: boolean }): number {
  return Number(isNeeded) * 2 + Number(!isFound);
}

/** What an override "Hide in area: Visualization" saves. */
export function isHidden({ config }: Field): boolean {
  const hideFrom = readRecord(config.custom)?.['hideFrom'];
  return readRecord(hideFrom)?.['viz'] === true;
}

/** Rows of a frame that have no columns have no rows either. */
export function hasRows(frame: DataFrame): boolean {
  return frame.fields.length > 0 && frame.length > 0;
}

/** A number of a cell; `null` where there is none. */
export function toNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function namesOf({ name, config }: Field): string[] {
  return [name, config.displayName, config.displayNameFromDS].filter((text) => text !== undefined).map(plain);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function readRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
