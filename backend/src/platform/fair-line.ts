import { createTenantsNear } from './tenants-near.js';

/** What a tenant has to be written. */
export interface LineEntry {
  readonly tenantId: string;
  readonly rows: number;
  /** When it came, in epoch milliseconds. */
  readonly since: number;
}

/** Of small tenants together, or of a single one that has more. */
export type Turn = 'small' | 'large';

/**
 * What waits to be written, by tenant, each in its own order. A tenant that is alone has all of a write. While several are
 * near, those that have little go together, who waits for longest first; of those that have much each goes by itself, a part at a
 * time, and then comes after the others: so that nobody's few rows wait for another's many.
 */
export interface FairLine<T extends LineEntry> {
  add(entry: T): void;
  /** Whether the turn has something of a tenant that is not among the busy ones. */
  has(turn: Turn, busy: ReadonlySet<string>): boolean;
  /** Takes out what the turn writes together: at least one entry where it has any. */
  take(turn: Turn, busy: ReadonlySet<string>): readonly T[];
  /** Whether several tenants have sent something of late. */
  isShared(): boolean;
  /** When the oldest one came; `undefined` when nothing waits. */
  oldest(): number | undefined;
}

export interface FairLineOptions {
  /** Rows of one write at most; a single larger entry still goes through whole. */
  readonly rowsMax: number;
  /** The same while several tenants are near. */
  readonly sharedRowsMax: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Of the rows that a write may have while several are near: who has more waiting is not small. */
const smallShare = 1 / 8;

interface Waiting<T> {
  readonly tenantId: string;
  readonly entries: T[];
  rows: number;
}

export function createFairLine<T extends LineEntry>(options: FairLineOptions): FairLine<T> {
  /** In the order of turns: who has had one comes last. */
  const tenants = new Map<string, Waiting<T>>();
  const near = createTenantsNear(options.now);
  const smallRowsMax = options.sharedRowsMax * smallShare;

  const isAlone = (): boolean => near.count() <= 1 && tenants.size <= 1;

  const turnOf = ({ rows }: Waiting<T>): Turn => (!isAlone() && rows <= smallRowsMax ? 'small' : 'large');

  function listOf(turn: Turn, busy: ReadonlySet<string>): readonly Waiting<T>[] {
    return [...tenants.values()].filter((waiting) => !busy.has(waiting.tenantId) && turnOf(waiting) === turn);
  }

  /** Off the front of one tenant, until the next entry would go over. */
  function takeOf(waiting: Waiting<T>, rowsMax: number): readonly T[] {
    let rows = 0;
    let count = 0;
    for (const entry of waiting.entries) {
      if (count > 0 && rows + entry.rows > rowsMax) break;
      rows += entry.rows;
      count += 1;
    }
    waiting.rows -= rows;
    tenants.delete(waiting.tenantId);
    if (count < waiting.entries.length) tenants.set(waiting.tenantId, waiting);
    return waiting.entries.splice(0, count);
  }

  function takeSmall(busy: ReadonlySet<string>): readonly T[] {
    const taken: T[] = [];
    let rows = 0;
    const small = listOf('small', busy).toSorted((one, other) => sinceOf(one) - sinceOf(other));
    for (const waiting of small) {
      rows += waiting.rows;
      if (taken.length > 0 && rows > options.sharedRowsMax) break;
      taken.push(...takeOf(waiting, waiting.rows));
    }
    return taken;
  }

  function takeLarge(busy: ReadonlySet<string>): readonly T[] {
    const rowsMax = isAlone() ? options.rowsMax : options.sharedRowsMax;
    const [first] = listOf('large', busy);
    return first === undefined ? [] : takeOf(first, rowsMax);
  }

  return {
    add(entry) {
      near.note(entry.tenantId, entry.since);
      const waiting = tenants.get(entry.tenantId) ?? { tenantId: entry.tenantId, entries: [], rows: 0 };
      tenants.set(entry.tenantId, waiting);
      waiting.entries.push(entry);
      waiting.rows += entry.rows;
    },
    isShared: () => !isAlone(),
    has: (turn, busy) => listOf(turn, busy).length > 0,
    take: (turn, busy) => (turn === 'small' ? takeSmall(busy) : takeLarge(busy)),
    oldest() {
      const times = [...tenants.values()].map(sinceOf);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}

function sinceOf({ entries }: Waiting<LineEntry>): number {
  return entries[0]?.since ?? Number.POSITIVE_INFINITY;
}
