import { createRecentIds } from './recent-ids.js';

function idOf(index: number): string {
  const hex = index.toString(16).padStart(12, '0');
  return `${hex.slice(4)}-1111-4222-8333-${hex}`;
}

describe('recent ids', () => {
  it('knows what was added and nothing else', () => {
    const ids = createRecentIds(1_000);
    for (let index = 0; index < 400; index += 1) ids.add(idOf(index));
    for (let index = 0; index < 400; index += 1) expect(ids.has(idOf(index))).toBe(true);
    for (let index = 400; index < 800; index += 1) expect(ids.has(idOf(index))).toBe(false);
  });

  it('tells ids apart that share all but one word', () => {
    const ids = createRecentIds(10);
    ids.add('aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeee0001');
    expect(ids.has('aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeee0002')).toBe(false);
    expect(ids.has('aaaaaaaa-bbbb-4ccc-8dde-eeeeeeee0001')).toBe(false);
    expect(ids.has('aaaaaaaa-bbbc-4ccc-8ddd-eeeeeeee0001')).toBe(false);
  });

  it('keeps at least half of its capacity and says when it forgot something', () => {
    const ids = createRecentIds(100);
    for (let index = 0; index < 100; index += 1) ids.add(idOf(index));
    expect(ids.isWhole).toBe(true);
    for (let index = 100; index < 160; index += 1) ids.add(idOf(index));
    expect(ids.isWhole).toBe(false);
    for (let index = 110; index < 160; index += 1) expect(ids.has(idOf(index))).toBe(true);
    expect(ids.has(idOf(0))).toBe(false);
  });

  it('holds the all-zero id like any other', () => {
    const ids = createRecentIds(10);
    const zero = '00000000-0000-0000-0000-000000000000';
    expect(ids.has(zero)).toBe(false);
    ids.add(zero);
    expect(ids.has(zero)).toBe(true);
  });
});
