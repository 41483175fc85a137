import { FieldType, type DataFrame } from '@grafana/data';

/** Midnights in Berlin. */
export const days = ['2026-03-27T23:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'].map(Date.parse);

const column = (name: string, type: FieldType, values: unknown[], unit?: string) => ({
  name,
  type,
  values,
  config: unit === undefined ? {} : { unit },
});

/** As our data source makes it: of 20 purchased seats 12 are active, 3 idle, 1 assigned lately, 4 unassigned. */
export function seatsFrame(idleCost: number | null = 117): DataFrame {
  return {
    name: 'seats',
    length: 3,
    fields: [
      column('time', FieldType.time, days),
      column('purchased', FieldType.number, [10, 20, 20], 'short'),
      column('assigned', FieldType.number, [8, 10, 16], 'short'),
      column('active', FieldType.number, [4, 5, 12], 'short'),
      column('idle', FieldType.number, [2, 2, 3], 'short'),
      column('unassigned', FieldType.number, [2, 10, 4], 'short'),
      column('utilisation', FieldType.number, [0.5, 0.5, 0.75], 'percentunit'),
      column('idleCost', FieldType.number, [null, null, idleCost], 'currencyUSD'),
    ],
    meta: { custom: { title: 'Seats', definition: 'Seats at the end of each day.' } },
  };
}

export function transitionsFrame(monthlyCost: (number | null)[] = [351, 117]): DataFrame {
  return {
    name: 'seat-transitions',
    length: 2,
    fields: [
      column('transition', FieldType.string, ['stillAtRisk', 'retained']),
      column('seats', FieldType.number, [3, 9], 'short'),
      column('monthlyCost', FieldType.number, monthlyCost, 'currencyUSD'),
    ],
  };
}

export function table(...fields: [name: string, type: FieldType, values: unknown[]][]): DataFrame {
  return {
    length: fields[0]?.[2].length ?? 0,
    fields: fields.map(([name, type, values]) => column(name, type, values)),
  };
}
