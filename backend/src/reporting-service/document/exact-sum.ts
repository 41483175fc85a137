/** A running sum whose rounding errors are carried along (Neumaier), so that millions of cents add up. */
export interface ExactSum {
  add(value: number): void;
  total(): number;
}

export function createExactSum(): ExactSum {
  let sum = 0;
  let lost = 0;
  return {
    add(value) {
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    },
    total: () => tidy(Number.isFinite(lost) ? sum + lost : sum),
  };
}

/** Fifteen digits are what a double holds of a decimal: the sum of 0.1 and 0.2 is 0.3. */
function tidy(sum: number): number {
  return Number.isSafeInteger(sum) ? sum : Number(sum.toPrecision(15));
}
