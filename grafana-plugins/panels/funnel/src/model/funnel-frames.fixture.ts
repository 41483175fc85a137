import { FieldType, type DataFrame, type FieldConfig } from '@grafana/data';

export interface FunnelRow {
  step: number;
  label: string;
  users: number | null;
  medianMs?: number | null;
  team?: string;
}

export const rows: FunnelRow[] = [
  { step: 1, label: 'Viewed', users: 1000, medianMs: null },
  { step: 2, label: 'Installed', users: 400, medianMs: 60_000 },
  { step: 3, label: 'First run', users: 300, medianMs: 3_600_000 },
];

/** As our data source makes it: the breakdown first, then step, label, users and what is computed from them. */
export function funnelFrame(input: readonly FunnelRow[] = rows, config: FieldConfig = {}): DataFrame {
  const column = (name: string, type: FieldType, values: unknown[], unit?: string) => ({
    name,
    type,
    values,
    config: { ...(unit !== undefined && { unit }), ...config },
  });
  return {
    name: 'funnel',
    length: input.length,
    fields: [
      ...(input.some(({ team }) => team !== undefined)
        ? [
            column(
              'team',
              FieldType.string,
              input.map(({ team }) => team ?? ''),
            ),
          ]
        : []),
      column(
        'step',
        FieldType.number,
        input.map(({ step }) => step),
      ),
      column(
        'label',
        FieldType.string,
        input.map(({ label }) => label),
      ),
      column(
        'users',
        FieldType.number,
        input.map(({ users }) => users),
        'short',
      ),
      column(
        'medianMs',
        FieldType.number,
        input.map(({ medianMs }) => medianMs ?? null),
        'ms',
      ),
    ],
    meta: {
      custom: {
        title: 'Install',
        definition: 'Users who took the steps in order.',
        completeUntil: '2026-03-02T09:59:00Z',
      },
    },
  };
}

/** Web has fewer users and the better conversion. */
export const byTeam: FunnelRow[] = [
  { step: 1, label: 'Viewed', users: 100, team: 'web' },
  { step: 2, label: 'Installed', users: 90, team: 'web' },
  { step: 3, label: 'First run', users: 80, team: 'web' },
  { step: 1, label: 'Viewed', users: 900, team: 'core' },
  { step: 2, label: 'Installed', users: 300, team: 'core' },
  { step: 3, label: 'First run', users: 20, team: 'core' },
];
