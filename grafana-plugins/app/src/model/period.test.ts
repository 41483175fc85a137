import { fromLocalText, nameTimeZone, toLocalText } from './period';

it('reads back the moment that it wrote, in every zone', () => {
  const ms = Date.parse('2026-07-01T12:30:00Z');
  expect(toLocalText(ms, 'utc')).toBe('2026-07-01T12:30:00');
  expect(toLocalText(ms, 'Asia/Kolkata')).toBe('2026-07-01T18:00:00');
  for (const zone of ['utc', 'Asia/Kolkata', 'America/St_Johns', 'browser']) {
    expect(fromLocalText(toLocalText(ms, zone), zone)).toBe(ms);
  }
});

it('takes a time without seconds, and no time for none', () => {
  expect(fromLocalText('2026-07-01T12:30', 'utc')).toBe(Date.parse('2026-07-01T12:30:00Z'));
  expect(fromLocalText('', 'utc')).toBeNaN();
});

it('names the zone', () => {
  expect(nameTimeZone('utc', 'Europe/Berlin')).toBe('UTC');
  expect(nameTimeZone('browser', 'Europe/Berlin')).toBe('Europe/Berlin');
  expect(nameTimeZone('Asia/Tokyo', 'Europe/Berlin')).toBe('Asia/Tokyo');
});
