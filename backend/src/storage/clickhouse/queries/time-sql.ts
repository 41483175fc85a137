import type { BucketRule } from '../../metric-reads.js';
import type { ParamBinder } from './param-binder.js';

/** The bucket of a row, as epoch seconds of its start. `time` is an expression of a time. */
export function bucketSql(time: string, buckets: BucketRule, bind: ParamBinder['bind']): string {
  const seconds = `toUnixTimestamp(${time})`;
  switch (buckets.kind) {
    case 'total':
      return 'toInt64(0)';
    case 'steps': {
      const origin = bind(buckets.originSec, 'Int64');
      const step = bind(buckets.stepSec, 'Int64');
      return `intDiv(${seconds} - ${origin}, ${step}) * ${step} + ${origin}`;
    }
    case 'starts':
      return `toInt64(roundDown(${seconds}, ${bind(buckets.startsSec, 'Array(UInt32)')}))`;
  }
}

/** An instant to the millisecond, to be compared with a time of any precision. */
export function instantSql(atMs: number, bind: ParamBinder['bind']): string {
  return `fromUnixTimestamp64Milli(${bind(atMs, 'Int64')}, 'UTC')`;
}
