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
    total: () => (Number.isFinite(lost) ? sum + lost : sum),
  };
}
