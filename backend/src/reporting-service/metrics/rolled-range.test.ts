import type { RollupState } from '../../storage/timescale/queries/rollup-state.js';
import { noticesOfRetention, openRangesOf, piecesOfRange } from './rolled-range.js';

const at = (text: string): number => Date.parse(text);
const dayOf = (text: string): number => at(`${text}T00:00:00Z`) / 86_400_000;

function aState(own: Partial<RollupState> = {}): RollupState {
  return {
    timeZone: 'Asia/Kolkata',
    closedUntilDay: dayOf('2026-04-01'),
    zoneSinceDay: 0,
    pastTimeZones: [],
    keptFromDay: undefined,
    openHoursMs: [],
    droppedDays: [],
    ...own,
  };
}

/** 12 March in Kolkata. */
const dropped = { startMs: at('2026-03-11T18:30:00Z'), endMs: at('2026-03-12T18:30:00Z') };
const asked = {
  fromMs: at('2026-03-09T18:30:00Z'),
  toMs: at('2026-03-14T18:30:00Z'),
  boundariesMs: [],
  groupBy: [],
  filters: [],
  terms: [{ kind: 'count', where: {} }],
} as const;

describe('a range of which single events are gone', () => {
  it('is told from rollups, and from what came late', () => {
    const openHoursMs = [at('2026-03-12T18:00:00Z')];
    const pieces = piecesOfRange(asked, aState({ droppedDays: [dropped], openHoursMs }));
    expect(pieces.map(({ table }) => table)).toEqual(['day', 'landing', 'hour', 'day', 'landing']);
    // The open hour lies half in the day that was dropped, whose rollups stay, and half in the one after it.
    expect(pieces.filter(({ table }) => table === 'landing')).toEqual([
      { table: 'landing', fromMs: at('2026-03-12T18:30:00Z'), toMs: at('2026-03-12T19:30:00Z') },
      { table: 'landing', fromMs: at('2026-03-12T18:00:00Z'), toMs: at('2026-03-12T18:30:00Z') },
    ]);
  });

  it('can not be told by what rollups do not keep, nor to the minute', () => {
    const state = aState({ droppedDays: [dropped] });
    expect(() => piecesOfRange({ ...asked, groupBy: ['language'] }, state)).toThrow('do not keep language');
    expect(() => piecesOfRange({ ...asked, fromMs: dropped.startMs + 60_000 }, state)).toThrow(
      'no longer kept',
    );
    expect(piecesOfRange({ ...asked, toMs: dropped.startMs, groupBy: ['language'] }, state)).toHaveLength(1);
  });
});

describe('hours with events that are not rolled up', () => {
  it('are parted where a dropped day ends', () => {
    const state = aState({ droppedDays: [dropped], openHoursMs: [at('2026-03-12T18:00:00Z')] });
    expect(openRangesOf(state)).toMatchObject({
      inDropped: [{ toMs: dropped.endMs }],
      inLanding: [{ fromMs: dropped.endMs }],
    });
  });
});

describe('the notice that rollups were removed', () => {
  it('is given for a range that begins before the first day that is kept', () => {
    const state = aState({ keptFromDay: dayOf('2026-03-01') });
    expect(noticesOfRetention(state, at('2026-02-28T18:30:00Z'))).toEqual([]);
    expect(noticesOfRetention(state, at('2026-02-28T18:29:59Z'))).toMatchObject([
      { code: 'rollup_retention', severity: 'warning' },
    ]);
    expect(noticesOfRetention(aState(), 0)).toEqual([]);
  });
});
