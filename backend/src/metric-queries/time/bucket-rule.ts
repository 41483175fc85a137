import type { BucketRule } from '../../storage/metric-reads.js';
import { findStep, type Buckets } from './buckets.js';

/** How a store finds the bucket of an instant that lies within them. */
export function ruleOf(buckets: Buckets): BucketRule {
  const { startsMs } = buckets;
  const [first = 0] = startsMs;
  if (startsMs.length === 1) return { kind: 'total' };
  const stepMs = findStep(buckets);
  if (stepMs !== undefined) return { kind: 'steps', originSec: first / 1_000, stepSec: stepMs / 1_000 };
  // Seconds are unsigned in the store; nothing is stored before 1970.
  return { kind: 'starts', startsSec: startsMs.map((start) => Math.max(0, start / 1_000)) };
}

/** The number of the bucket that a store names by the second of its start. */
export function indexOfBucket(rule: BucketRule, buckets: Buckets): (bucketSec: number) => number {
  switch (rule.kind) {
    case 'total':
      return () => 0;
    case 'steps':
      return (bucketSec) => (bucketSec - rule.originSec) / rule.stepSec;
    case 'starts': {
      const indexes = new Map(buckets.startsMs.map((start, index) => [Math.max(0, start / 1_000), index]));
      return (bucketSec) => indexes.get(bucketSec) ?? 0;
    }
  }
}
