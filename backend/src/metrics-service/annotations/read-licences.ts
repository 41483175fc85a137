import type { Annotation } from '@coditect/contracts';
import { indexOfBucket, ruleOf } from '../../metric-queries/time/bucket-rule.js';
import { layOutBuckets } from '../../metric-queries/time/buckets.js';
import type { Zone } from '../../metric-queries/time/zone.js';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import { querySeatDays, type SeatDay } from '../../storage/clickhouse/queries/annotation-licences.js';
import { rawTable } from '../events/event-meta.js';
import type { AnnotationReader } from './annotation-reader.js';

/** Seats bought, assigned and released: one annotation a local day, at the first of its events. */
export function createLicencesReader(clickHouse: ClickHouse): AnnotationReader {
  return async ({ tenant, query, selection, zone }, signal) => {
    const buckets = layOutBuckets(selection, '1d', zone);
    const rule = ruleOf(buckets);
    const request = { ...selection, buckets: rule, rowsMax: query.limit };
    const { days, found } = await querySeatDays(clickHouse, tenant.id, request, signal);
    const indexOf = indexOfBucket(rule, buckets);
    return {
      annotations: days.map((day) => toAnnotation(day, buckets.startsMs[indexOf(day.bucketSec)] ?? 0, zone)),
      found,
      tables: [rawTable],
    };
  };
}

function toAnnotation(day: SeatDay, startMs: number, zone: Zone): Annotation {
  const changes = [
    { count: day.purchased, verb: 'bought' },
    { count: day.assigned, verb: 'assigned' },
    { count: day.released, verb: 'released' },
  ].filter(({ count }) => count > 0);
  const text = changes.map(({ count, verb }) => `${count} ${verb}`).join(', ');
  const date = new Date(zone.localDayOf(startMs) * 86_400_000).toISOString().slice(0, 10);
  return {
    time: new Date(day.firstMs).toISOString(),
    title: `Seats: ${text}`,
    text: `Seats on ${date} (${zone.name}): ${text}.`,
    tags: ['licence', ...changes.map(({ verb }) => verb)],
  };
}
