import { findZone, type Zone } from './zone.js';

function zoneOf(name: string): Zone {
  const zone = findZone(name);
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

describe('findZone', () => {
  it('keeps one zone, however many spellings of it are asked for', () => {
    const made = jest.spyOn(Intl, 'DateTimeFormat');
    const spellings = ['Pacific/Chatham', 'pacific/chatham', 'PACIFIC/CHATHAM', 'pACIFIC/cHATHAM', 'NZ-CHAT'];
    const zones = spellings.map(zoneOf);
    expect(zones.map(({ name }) => name)).toEqual(spellings);
    made.mockClear();
    expect(zones.map((zone) => zone.offsetMs(0))).toEqual(spellings.map(() => 45_900_000));
    expect(made).toHaveBeenCalledTimes(1);
    made.mockRestore();
  });

  it.each(['Mars/Olympus', '', '+05:00', 'local', '../etc', 'Europe/Berlin\0'])(
    'knows no zone %j',
    (name) => {
      expect(findZone(name)).toBeUndefined();
    },
  );

  it.each([
    ['a usual night', 'Europe/Berlin', '2026-02-01', '2026-01-31T23:00:00.000Z'],
    ['a half hour', 'Asia/Kolkata', '2026-02-01', '2026-01-31T18:30:00.000Z'],
    ['a quarter hour', 'Asia/Kathmandu', '2026-02-01', '2026-01-31T18:15:00.000Z'],
    ['a midnight that does not exist', 'America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    ['a midnight that comes twice', 'America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['a clock set back at midnight', 'America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00:00.000Z'],
    ['a day that was skipped', 'Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
    ['the day after the skipped one', 'Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ])('begins a day after %s', (_case, name, day, start) => {
    expect(iso(zoneOf(name).startOfLocalDay(dayOf(day)))).toBe(start);
  });

  it('agrees with itself: the day of the first instant of a day is that day, and of the one before it is not', () => {
    for (const name of ['Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Beirut']) {
      const zone = zoneOf(name);
      for (let day = dayOf('2026-01-01'); day < dayOf('2027-01-01'); day += 1) {
        const start = zone.startOfLocalDay(day);
        expect([zone.localDayOf(start), zone.localDayOf(start - 1)]).toEqual([day, day - 1]);
      }
    }
  });

  it('finds each change of the clock to the millisecond', () => {
    const from = Date.parse('2026-01-01T00:00:00Z');
    const transitions = zoneOf('Australia/Lord_Howe').listTransitions(
      from,
      Date.parse('2027-01-01T00:00:00Z'),
    );
    expect(transitions.map((transition) => [iso(transition.atMs), transition.offsetMs / 60_000])).toEqual([
      ['2026-04-04T15:00:00.000Z', 630],
      ['2026-10-03T15:30:00.000Z', 660],
    ]);
  });
});
