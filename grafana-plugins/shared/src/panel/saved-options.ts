// How saved options are read: whatever is not as it should be becomes the default.

export function oneOf<T extends string>(allowed: readonly T[], value: unknown, fallback: T): T {
  return allowed.find((choice) => choice === value) ?? fallback;
}

export function readFlag(flag: unknown, fallback: boolean): boolean {
  return typeof flag === 'boolean' ? flag : fallback;
}

/** A whole number within its bounds. */
export function readCount(
  value: unknown,
  { min, max }: { min: number; max: number },
  fallback: number,
): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(Math.max(Math.round(value), min), max)
    : fallback;
}

export function readOptions(saved: unknown): Record<string, unknown> {
  return typeof saved === 'object' && saved !== null && !Array.isArray(saved) ? { ...saved } : {};
}
