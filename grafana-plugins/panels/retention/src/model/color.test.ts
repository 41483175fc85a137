import { colorManipulator, createTheme } from '@grafana/data';
import { shadesOf } from './color';

const themes = [createTheme({ colors: { mode: 'light' } }), createTheme({ colors: { mode: 'dark' } })];
const schemes = [
  'continuous-blues',
  'continuous-GrYlRd',
  'continuous-magma',
  'fixed',
  'palette-classic',
  undefined,
];

describe('shadesOf', () => {
  it.each(themes.flatMap((theme) => schemes.map((mode) => [theme.colors.mode, mode, theme] as const)))(
    'can be read at every shade: %s, %s',
    (_mode, mode, theme) => {
      const shade = shadesOf(mode === undefined ? undefined : { mode, fixedColor: 'green' }, 0.8, theme);
      for (let share = 0; share <= 1; share += 0.05) {
        const { background, ink } = shade(share);
        expect(colorManipulator.getContrastRatio(ink, background)).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it('goes from the palest to the deepest, and stays there', () => {
    const [theme] = themes;
    const shade = theme && shadesOf({ mode: 'continuous-blues' }, 0.5, theme);
    const colors = [0, 0.25, 0.5, 0.9].map((share) => shade?.(share).background);
    expect(new Set(colors).size).toBe(3);
    expect(colors[3]).toBe(colors[2]);
  });
});
