import { FieldType, type DataFrame, type FieldConfig } from '@grafana/data';

export type RetentionRow = [
  cohort: number | string,
  size: number | null,
  period: number,
  users: number | null,
];

/** Mondays in Berlin, over the end of summer time. */
export const weeks = ['2026-10-18T22:00:00Z', '2026-10-25T23:00:00Z', '2026-11-01T23:00:00Z'].map(Date.parse);
const [first = 0, second = 0, third = 0] = weeks;

/** The first cohort is small and stays, the second one is large and leaves; the last week has not ended. */
export const rows: RetentionRow[] = [
  [first, 10, 0, 10],
  [first, 10, 1, 8],
  [first, 10, 2, null],
  [second, 90, 0, 90],
  [second, 90, 1, null],
  [third, 40, 0, null],
];

/** As our data source makes it. */
export function retentionFrame(
  input: readonly RetentionRow[] = rows,
  { config = {}, meta = {} }: { config?: FieldConfig; meta?: Record<string, unknown> } = {},
): DataFrame {
  const column = (name: string, type: FieldType, values: unknown[], unit?: string) => ({
    name,
    type,
    values,
    config: { ...(unit !== undefined && { unit }), ...config },
  });
  const isNamed = typeof input[0]?.[0] === 'string';
  return {
    name: 'retention',
    length: input.length,
    fields: [
      column(
        'cohort',
        isNamed ? FieldType.string : FieldType.time,
        input.map(([cohort]) => cohort),
      ),
      column(
        'size',
        FieldType.number,
        input.map(([, size]) => size),
        'short',
      ),
      column(
        'period',
        FieldType.number,
        input.map(([, , period]) => period),
      ),
      column(
        'users',
        FieldType.number,
        input.map(([, , , users]) => users),
        'short',
      ),
      column(
        'share',
        FieldType.number,
        input.map(([, size, , users]) => (users === null || size === null ? null : users / size)),
        'percentunit',
      ),
    ],
    meta: { custom: { title: 'Retention', definition: 'Who came back.', ...meta } },
  };
}
