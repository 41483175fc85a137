const wordsPerId = 4;

interface Generation {
  readonly slots: Uint32Array;
  size: number;
}

/**
 * The identities that were stored last, in memory: 16 bytes each, no objects. Two generations of equal capacity; when
 * the younger is full the older is forgotten, so the last `capacity / 2` ids at least are always known.
 */
export interface RecentIds {
  has(eventId: string): boolean;
  add(eventId: string): void;
  /** Has nothing been forgotten so far? */
  readonly isWhole: boolean;
}

export function createRecentIds(capacity: number): RecentIds {
  const perGeneration = Math.max(1, Math.floor(capacity / 2));
  // Never more than half full, so that probing stays short.
  const slotCount = 2 ** Math.ceil(Math.log2(perGeneration * 2));
  const mask = slotCount - 1;
  const id = new Uint32Array(wordsPerId);
  let young = createGeneration(slotCount);
  let old = createGeneration(0);
  let isWhole = true;

  function probe(slots: Uint32Array): { found: boolean; offset: number } {
    let slot = (id[0] ?? 0) & mask;
    for (;;) {
      const offset = slot * wordsPerId;
      if (isSame(slots, offset, id)) return { found: true, offset };
      if (isEmpty(slots, offset)) return { found: false, offset };
      slot = (slot + 1) & mask;
    }
  }

  return {
    has(eventId) {
      readWords(eventId, id);
      return probe(young.slots).found || (old.size > 0 && probe(old.slots).found);
    },
    add(eventId) {
      if (young.size >= perGeneration) {
        if (old.size > 0) isWhole = false;
        old = young;
        young = createGeneration(slotCount);
      }
      readWords(eventId, id);
      const { found, offset } = probe(young.slots);
      if (found) return;
      young.slots.set(id, offset);
      young.size += 1;
    },
    get isWhole() {
      return isWhole;
    },
  };
}

function createGeneration(slotCount: number): Generation {
  return { slots: new Uint32Array(slotCount * wordsPerId), size: 0 };
}

function isSame(slots: Uint32Array, offset: number, id: Uint32Array): boolean {
  return (
    slots[offset] === id[0] &&
    slots[offset + 1] === id[1] &&
    slots[offset + 2] === id[2] &&
    slots[offset + 3] === id[3]
  );
}

function isEmpty(slots: Uint32Array, offset: number): boolean {
  return slots[offset] === 0 && slots[offset + 1] === 0 && slots[offset + 2] === 0 && slots[offset + 3] === 0;
}

/** Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`. The all-zero id stands for an empty slot and is moved aside. */
function readWords(uuid: string, into: Uint32Array): void {
  into[0] = Number.parseInt(uuid.slice(0, 8), 16);
  into[1] = Number.parseInt(uuid.slice(9, 13) + uuid.slice(14, 18), 16);
  into[2] = Number.parseInt(uuid.slice(19, 23) + uuid.slice(24, 28), 16);
  into[3] = Number.parseInt(uuid.slice(28, 36), 16);
  if (isEmpty(into, 0)) into[3] = 1;
}
