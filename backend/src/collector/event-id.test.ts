import fc from 'fast-check';
import { eventIdOf } from './event-id.js';

describe('eventIdOf', () => {
  it('is the first half of SHA-256 as a UUID, and stays the same for ever', () => {
    expect(eventIdOf('acme', '/ide', 'e-1')).toBe('0f0bd921-9406-290a-7a71-9ee4d96e479f');
  });

  it('tells apart what a joined text would mix up', () => {
    const ids = [eventIdOf('a', 'bc', 'd'), eventIdOf('ab', 'c', 'd'), eventIdOf('a', 'b', 'cd')];
    expect(new Set(ids).size).toBe(3);
  });

  it('has the shape of a UUID for whatever text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (tenant, source, id) => {
        expect(eventIdOf(tenant, source, id)).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
      }),
    );
  });
});
