/** The greatest relative error of a quantile that is read from bins. */
const accuracy = 0.005;
const gamma = (1 + accuracy) / (1 - accuracy);
const logOfGamma = Math.log(gamma);

/** Durations below a microsecond, zero among them. */
const leastMs = 0.001;
const leastBin = -1_000;

/** SQL for the bin of a duration in milliseconds. */
export function durationBinSql(column: string): string {
  return `CASE WHEN ${column} < ${leastMs} THEN ${leastBin} ELSE ceil(ln(${column}) / ${logOfGamma})::integer END`;
}

/** The duration that a bin stands for, in milliseconds. */
export function durationOfBin(bin: number): number {
  return bin === leastBin ? 0 : (2 * gamma ** bin) / (gamma + 1);
}

/** The bin of a duration in milliseconds, as the SQL has it. */
export function binOfDuration(durationMs: number): number {
  return durationMs < leastMs ? leastBin : Math.ceil(Math.log(durationMs) / logOfGamma);
}
