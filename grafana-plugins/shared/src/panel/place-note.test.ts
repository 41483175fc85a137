import { placeNote } from './place-note';

const note = { width: 100, height: 50 };
const window = { width: 400, height: 300 };
const mark = (left: number, top: number) => ({ left, top, width: 20, height: 20 });

describe('placeNote', () => {
  it('stands above its mark, in the middle', () => {
    expect(placeNote(mark(200, 200), note, window)).toEqual({ left: 160, top: 144 });
  });

  it('goes below where there is no room above', () => {
    expect(placeNote(mark(200, 10), note, window)).toEqual({ left: 160, top: 36 });
  });

  it('stays in the window', () => {
    expect(placeNote(mark(0, 200), note, window).left).toBe(6);
    expect(placeNote(mark(390, 200), note, window).left).toBe(294);
    expect(placeNote({ left: 0, top: 10, width: 400, height: 280 }, note, window).top).toBe(6);
    expect(placeNote(mark(0, 0), { width: 600, height: 400 }, window)).toEqual({ left: 6, top: 6 });
  });
});
