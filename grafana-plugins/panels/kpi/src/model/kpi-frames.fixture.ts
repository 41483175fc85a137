import { frameMetaKind, type KpiFrameMeta } from '@coditect/plugins-shared';
import { FieldType, type DataFrame, type Field, type FieldConfig } from '@grafana/data';

export const frameMeta: KpiFrameMeta = {
  kind: frameMetaKind,
  metric: 'agent_success_rate',
  title: 'Agent success rate',
  unit: 'ratio',
  direction: 'up',
  definition: 'Share of agent runs that ended in success.',
  asOf: '2026-03-02T10:00:00Z',
  completeUntil: '2026-03-02T09:59:00Z',
  source: ['agent_runs_per_hour_v1'],
  timeZone: 'UTC',
  compareTo: 'lastWeek',
  comparedTo: { from: '2026-02-23T08:00:00Z', to: '2026-02-23T10:00:00Z' },
};

/** A series as our data source makes it. The mean of its buckets is 0.75, the true ratio 0.9. */
export function kpiFrame(
  meta: Partial<KpiFrameMeta> = {},
  config: FieldConfig = {},
  name = 'core',
  getLinks?: Field['getLinks'],
): DataFrame {
  const number = (role: string, values: (number | null)[]) => ({
    name: role,
    type: FieldType.number,
    values,
    ...(getLinks && { getLinks }),
    config: { unit: 'percentunit', displayNameFromDS: name, ...config, custom: { coditectRole: role } },
  });
  return {
    name,
    length: 2,
    fields: [
      { name: 'time', type: FieldType.time, values: [1_000, 2_000], config: {} },
      number('value', [0.5, 1]),
      number('previous', [0.2, 0.4]),
    ],
    meta: { custom: { ...frameMeta, ...meta } },
  };
}

export const total = { value: 0.9, previous: 0.8, numerator: 9, denominator: 10 };
