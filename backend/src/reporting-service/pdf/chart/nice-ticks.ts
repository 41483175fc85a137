export interface Ticks {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly values: readonly number[];
}

const niceSteps = [1, 2, 2.5, 5, 10];

/**
 * Round steps around all values, zero included where it is near: a bar without its zero lies. `divisor` is the unit
 * that steps are round in. Without a spread there is still an axis.
 */
export function niceTicks(lowest: number, highest: number, count: number, divisor = 1): Ticks {
  const [low, high] = withSpread(lowest / divisor, highest / divisor);
  const step = niceStep((high - low) / count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const values = Array.from({ length: last - first + 1 }, (_tick, index) => tidy((first + index) * step));
  return {
    min: tidy(first * step) * divisor,
    max: tidy(last * step) * divisor,
    step: step * divisor,
    values: values.map((value) => tidy(value * divisor)),
  };
}

function withSpread(low: number, high: number): [number, number] {
  if (low === 0 && high === 0) return [0, 1];
  if (low === high) return low > 0 ? [0, low] : [low, 0];
  return [low, high];
}

function niceStep(rough: number): number {
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = niceSteps.find((one) => one * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** 0.30000000000000004 is 0.3. */
function tidy(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(12));
}
