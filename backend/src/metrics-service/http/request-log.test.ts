import { cleanId } from './request-log.js';

describe('ids of dashboards and panels in the log', () => {
  it.each([
    ['adoption-and-seats_1', 'adoption-and-seats_1'],
    ['panel:3', 'panel:3'],
    ['3', '3'],
    ['a\r\nlevel=50 "x"', 'alevel50x'],
    ['\u001b[31m', '31m'],
    ['x'.repeat(10_000), 'x'.repeat(64)],
    ['  ', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('cleans %j', (header, cleaned) => {
    expect(cleanId(header)).toBe(cleaned);
  });
});
