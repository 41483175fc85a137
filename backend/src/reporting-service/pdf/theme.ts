/** Red, green and blue from 0 to 1. */
export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export interface Theme {
  readonly brand: Colour;
  /** The brand as a breath: fills under lines, backgrounds. */
  readonly tint: Colour;
  /** For series, in order; the first is the brand. */
  readonly series: readonly Colour[];
}

export function parseColour(hex: string): Colour | undefined {
  const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  if (digits === null) return undefined;
  const [red = 0, green = 0, blue = 0] = digits.slice(1).map((pair) => Number.parseInt(pair, 16) / 255);
  return { red, green, blue };
}

function colour(hex: string): Colour {
  return parseColour(hex) ?? { red: 0, green: 0, blue: 0 };
}

export const ink = colour('#1b2330');
export const muted = colour('#5b6472');
export const hairline = colour('#d9dee5');
export const zebra = colour('#f5f7f9');
const white = colour('#ffffff');
export const good = colour('#17734a');
export const bad = colour('#b3261e');
/** The other period, and whatever is beside the point. */
export const shade = colour('#9aa4b2');

const house = colour('#1f4f8f');
/** Told apart in print and by most eyes that see fewer colours. */
const otherSeries = ['#c2660a', '#2b7f6d', '#8a3f7c', '#6b7280', '#b0892b', '#3f9bc4', '#94493a'].map(colour);

/** Against white: 4.5 to 1 can be read. */
export const contrastMin = 4.5;

export function createTheme(brandHex: string | undefined): Theme {
  const given = brandHex === undefined ? undefined : parseColour(brandHex);
  const brand = given === undefined ? house : readable(given);
  return { brand, tint: mix(brand, white, 0.9), series: [brand, ...otherSeries] };
}

function readable(given: Colour): Colour {
  let result = given;
  const black = { red: 0, green: 0, blue: 0 };
  for (let step = 0; step < 20 && contrastOnWhite(result) < contrastMin; step += 1) {
    result = mix(result, black, 0.08);
  }
  return result;
}

/** A brand that can be read, as `#rrggbb`. Rounded towards black, so that it stays readable. */
export function darkEnough(given: Colour): string {
  const { red, green, blue } = readable(given);
  const digits = [red, green, blue].map((part) =>
    Math.floor(part * 255)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${digits.join('')}`;
}

function mix(from: Colour, to: Colour, share: number): Colour {
  const between = (a: number, b: number): number => a + (b - a) * share;
  return {
    red: between(from.red, to.red),
    green: between(from.green, to.green),
    blue: between(from.blue, to.blue),
  };
}

/** WCAG 2: relative luminance, and its ratio to white. */
export function contrastOnWhite({ red, green, blue }: Colour): number {
  const [r, g, b] = [red, green, blue].map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 1.05 / (0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0) + 0.05);
}
