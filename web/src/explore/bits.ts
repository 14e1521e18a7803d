// Sets of runs, one bit a run: a brush's set is 6 KB at 50,000 runs, and sets meet 32 runs at a time.

export type Bits = Uint32Array<ArrayBuffer>;

export const noBits = (size: number): Bits => new Uint32Array((size + 31) >>> 5);

/** All of `size` runs; bits beyond the last run stay 0, so that counts are right. */
export function allBits(size: number): Bits {
  const bits = noBits(size).fill(0xffffffff);
  const rest = size & 31;
  if (rest !== 0) bits[bits.length - 1] = 2 ** rest - 1;
  return bits;
}

export const hasBit = (bits: Bits, at: number): boolean => (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;

export function setBit(bits: Bits, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

/** The runs for which `test` is true. */
export function bitsWhere(size: number, test: (at: number) => boolean): Bits {
  const bits = noBits(size);
  for (let at = 0; at < size; at++) if (test(at)) setBit(bits, at);
  return bits;
}

/** What all of the sets have in common; of no sets: all runs. */
export function meet(size: number, sets: readonly Bits[]): Bits {
  const met = allBits(size);
  for (const set of sets) for (let word = 0; word < met.length; word++) met[word] = (met[word] ?? 0) & (set[word] ?? 0);
  return met;
}

// Source: Warren, "Hacker's Delight", 2nd edition, 5-1: counting 1-bits.
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function countBits(bits: Bits): number {
  let count = 0;
  for (const word of bits) count += ones(word);
  return count;
}

/** Those of `order` that are in the set, in their order. */
export function among(order: Uint32Array, bits: Bits): Uint32Array<ArrayBuffer> {
  const found = new Uint32Array(countBits(bits));
  let count = 0;
  for (const at of order) if (hasBit(bits, at)) found[count++] = at;
  return found.subarray(0, count);
}
