import { contrastOnWhite, createTheme, parseColour } from './theme.js';

describe('createTheme', () => {
  it('takes a dark brand as it is', () => {
    expect(createTheme('#0b6e5f').brand).toEqual(parseColour('#0b6e5f'));
  });

  it('darkens a brand that could not be read on white', () => {
    const { brand } = createTheme('#ffee55');
    expect(contrastOnWhite(brand)).toBeGreaterThanOrEqual(4.5);
    expect(brand.red).toBeGreaterThan(brand.blue);
  });

  it('goes on with its own where the colour is none', () => {
    expect(createTheme('blue-ish')).toEqual(createTheme(undefined));
  });
});
