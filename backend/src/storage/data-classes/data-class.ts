import type { RetentionName } from './retention-rules.js';

/** What a field tells of a person. In a row that has a pseudonym, every field is about that person. */
export const dataClasses = {
  identifier: 'names a person as others know them: an address, a login, an id as it was sent',
  pseudonym: 'stands for one person, and tells nobody who it is without the salt of the tenant',
  personal: 'tells something of one person, or may: what somebody did, which session it was',
  content: 'text or bytes that people or producers fill as they like',
  operational: 'counts, times, sums, ids and names of things',
  secret: 'proves who somebody is, or opens something; never shown, never logged',
} as const;
export type DataClass = keyof typeof dataClasses;

/** What becomes of a field when the person is erased. */
export const erasures = {
  stays: 'stays as it is: it names nobody',
  replaced: 'a name in it becomes `erased`; the rest stays',
  emptied: 'emptied in rows of the person; a name in rows of others becomes `erased`',
  removed: 'goes with its row, event, letter or file',
  'by hand':
    'stays until an operator has changed it; where it says to whom reports go, the job fails with `erasure_incomplete`',
} as const;
export type Erasure = keyof typeof erasures;

export interface FieldData {
  readonly class: DataClass;
  readonly erasure: Erasure;
}

export interface TableData {
  readonly purpose: string;
  /** Why rows leave. */
  readonly retention: RetentionName;
  /** Are rows by and about a person in their export? */
  readonly isExported: boolean;
  readonly fields: Readonly<Record<string, FieldData>>;
}

export const stores = {
  clickhouse: 'ClickHouse',
  timescale: 'TimescaleDB, schema `analytics`',
  control: 'PostgreSQL, schema `control`',
} as const;
export type StoreName = keyof typeof stores;
export type TablesData = Readonly<Record<string, TableData>>;

/** Fields of one class, their names divided by spaces. */
export function fields(
  dataClass: DataClass,
  erasure: Erasure,
  names: string,
): Readonly<Record<string, FieldData>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, { class: dataClass, erasure }] as const));
}
