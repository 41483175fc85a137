/** Factor of each suffix that Grafana's formats use, to the unit in which the API answers. */
const factors: Record<string, number> = {
  '': 1,
  '%': 0.01,
  K: 1e3,
  Mil: 1e6,
  Bil: 1e9,
  ms: 1,
  s: 1e3,
  min: 6e4,
  mins: 6e4,
  hour: 3.6e6,
  hours: 3.6e6,
};

export interface ShownNumber {
  value: number;
  /** Half of the last digit that is shown: how far the exact number may be away. */
  tolerance: number;
}

/**
 * Reads a number as a panel shows it: `1.59 K`, `$12.30`, `87.5%`, `19.6 mins`.
 * @throws when the text is no such number.
 */
function parseShownNumber(text: string): ShownNumber {
  const match = /^[$]?(-?[\d,]+(?:\.(\d+))?)\s*([%A-Za-z]*)$/.exec(text.trim());
  const [, digits = '', decimals = '', suffix = ''] = match ?? [];
  const factor = factors[suffix];
  if (match === null || factor === undefined) {
    throw new Error(`"${text}" is not a number that a panel shows.`);
  }
  return {
    value: Number(digits.replaceAll(',', '')) * factor,
    tolerance: 0.5 * 10 ** -decimals.length * factor * 1.000_001,
  };
}

/** Whether the shown text is the exact number, rounded to the digits that are shown. */
export function showsNumber(text: string, exact: number): boolean {
  const shown = parseShownNumber(text);
  return Math.abs(shown.value - exact) <= shown.tolerance;
}
