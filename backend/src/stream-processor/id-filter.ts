const bytesPerId = 16;
const bitsPerWord = 32;
/** A position in the filter is a number of 32 bits. */
const bytesMost = 2 ** 29;

/**
 * Which identities may be stored: a Bloom filter with four bits an identity. What it does not know is not stored; what
 * it knows is most likely stored and has to be looked up. Two bytes an identity let 0.25 percent of the new ones pass
 * for known, six bits 6 percent.
 */
export interface IdFilter {
  mayHave(eventId: string): boolean;
  add(eventId: string): void;
  /** Adds identities of 16 bytes each, as they stand in the text. */
  addBytes(ids: Buffer): void;
  /** Share of the bits that are set. Over a half, every look-up in the filter is less and less worth. */
  readonly fill: number;
}

/** Takes the power of two that is at most `bytesMax`, and four bytes at least. */
export function createIdFilter(bytesMax: number): IdFilter {
  const bytes = 2 ** Math.floor(Math.log2(Math.min(bytesMost, Math.max(4, bytesMax))));
  const bits = bytes * 8;
  const words = new Uint32Array(bytes / 4);
  const shift = bitsPerWord - Math.log2(bits);
  const id = new Uint32Array(4);
  let bitsSet = 0;

  function isSet(bit: number): boolean {
    return ((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  function set(bit: number): void {
    if (isSet(bit)) return;
    words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
    bitsSet += 1;
  }

  function setAll(): void {
    for (let word = 0; word < 4; word += 1) set(positionOf(id, word) >>> shift);
  }

  return {
    mayHave(eventId) {
      readText(eventId, id);
      for (let word = 0; word < 4; word += 1) if (!isSet(positionOf(id, word) >>> shift)) return false;
      return true;
    },
    add(eventId) {
      readText(eventId, id);
      setAll();
    },
    addBytes(ids) {
      for (let offset = 0; offset + bytesPerId <= ids.length; offset += bytesPerId) {
        for (let word = 0; word < 4; word += 1) id[word] = ids.readUInt32BE(offset + word * 4);
        setAll();
      }
    },
    get fill() {
      return bitsSet / bits;
    },
  };
}

/**
 * 32 bits of the word and its neighbour. The identity is a hash already, but all of a partition share what its first
 * word leaves over: two words, multiplied, spread that over every bit.
 */
function positionOf(id: Uint32Array, word: number): number {
  const own = Math.imul(id[word] ?? 0, 0x9e_37_79_b1);
  const neighbour = Math.imul(id[(word + 1) & 3] ?? 0, 0x85_eb_ca_6b);
  const mixed = Math.imul((own ^ (own >>> 15)) + neighbour, 0x2c_1b_3c_6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`. */
function readText(uuid: string, into: Uint32Array): void {
  into[0] = Number.parseInt(uuid.slice(0, 8), 16);
  into[1] = Number.parseInt(uuid.slice(9, 13) + uuid.slice(14, 18), 16);
  into[2] = Number.parseInt(uuid.slice(19, 23) + uuid.slice(24, 28), 16);
  into[3] = Number.parseInt(uuid.slice(28, 36), 16);
}
