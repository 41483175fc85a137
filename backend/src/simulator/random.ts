/** A reproducible source of chance: the same seed gives the same sequence, on every machine and in every year. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Log-normal: half of the values lie below `median`; `sigma` is the spread of the logarithm. */
  logNormal(median: number, sigma: number): number;
  /** Poisson distributed count, at most 200. */
  count(mean: number): number;
  /** Throws `RangeError` on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** Picks by `weight`. Throws `RangeError` on an empty list. */
  pickWeighted<T extends { readonly weight: number }>(items: readonly T[]): T;
}

const countMax = 200;
const uint32 = 4_294_967_296;

/** A well-mixed 32-bit hash of a text (FNV-1a with a final avalanche), as an unsigned integer. */
export function hashText(text: string, salt = 0): number {
  let hash = (2_166_136_261 ^ salt) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  }
  return avalanche(hash);
}

/** A uniform number in [0, 1) that belongs to a text for ever. */
export function fractionOf(text: string): number {
  return hashText(text, 0x5bd1e995) / uint32;
}

function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Mulberry32: 32 bits of state are plenty, because each user's day has a stream of its own. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / uint32;
  }

  function normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  }

  function count(mean: number): number {
    const limit = Math.exp(-mean);
    let product = next();
    let drawn = 0;
    while (product > limit && drawn < countMax) {
      product *= next();
      drawn += 1;
    }
    return drawn;
  }

  return {
    next,
    chance: (probability) => next() < probability,
    between: (from, to) => from + (to - from) * next(),
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    count,
    pick: (items) => pickAt(items, Math.floor(next() * items.length)),
    pickWeighted: (items) => pickWeighted(items, next()),
  };
}

function pickAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError('Nothing to pick from.');
  return item;
}

function pickWeighted<T extends { readonly weight: number }>(items: readonly T[], fraction: number): T {
  let total = 0;
  for (const item of items) total += item.weight;
  let left = fraction * total;
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  return pickAt(items, items.length - 1);
}
