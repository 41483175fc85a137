import { createHash } from 'node:crypto';
import { createIdFilter, type IdFilter } from './id-filter.js';

function idOf(index: number): string {
  const hex = createHash('sha256').update(String(index)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function idsOf(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => idOf(from + index));
}

function bytesOf(ids: readonly string[]): Buffer {
  return Buffer.from(ids.join('').replaceAll('-', ''), 'hex');
}

function shareKnown(filter: IdFilter, ids: readonly string[]): number {
  return ids.filter((id) => filter.mayHave(id)).length / ids.length;
}

describe('id filter', () => {
  it('knows every id that was added, as text or as bytes', () => {
    const filter = createIdFilter(65_536);
    for (const id of idsOf(5_000)) filter.add(id);
    filter.addBytes(bytesOf(idsOf(5_000, 5_000)));
    expect(shareKnown(filter, idsOf(10_000))).toBe(1);
  });

  it('knows nothing before anything is added', () => {
    expect(shareKnown(createIdFilter(1_024), idsOf(100))).toBe(0);
  });

  it('sets the same bits for an id as text and as bytes', () => {
    const filter = createIdFilter(65_536);
    for (const id of idsOf(1_000)) filter.add(id);
    const { fill } = filter;
    filter.addBytes(bytesOf(idsOf(1_000)));
    expect(filter.fill).toBe(fill);
  });

  it('takes a quarter of a percent of the new ids for known with two bytes an id', () => {
    const filter = createIdFilter(65_536);
    filter.addBytes(bytesOf(idsOf(32_768)));
    expect(filter.fill).toBeCloseTo(0.221, 2);
    expect(shareKnown(filter, idsOf(40_000, 100_000))).toBeLessThan(0.004);
  });

  it('is as sharp with the ids of one partition, whose first words are alike', () => {
    const ofPartition = (id: string): boolean => Number.parseInt(id.slice(0, 8), 16) % 64 === 5;
    const filter = createIdFilter(4_096);
    filter.addBytes(bytesOf(idsOf(130_000).filter(ofPartition)));
    expect(filter.fill).toBeGreaterThan(0.2);
    expect(shareKnown(filter, idsOf(300_000, 130_000).filter(ofPartition))).toBeLessThan(0.006);
  });

  it('takes no more room than it was given', () => {
    const filter = createIdFilter(3_000);
    filter.add(idOf(1));
    expect(filter.fill).toBeCloseTo(4 / (2_048 * 8), 6);
  });
});
