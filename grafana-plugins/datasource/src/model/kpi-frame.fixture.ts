import { frameMetaKind, valueRole } from '@coditect/plugins-shared';
import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';
import { answerMeta } from './answer.fixture';

export const hour = (number: number) => Date.parse('2026-03-02T00:00:00Z') + number * 3_600_000;

/** A series of a KPI with a value for each hour. */
export function kpiFrame(
  values: (number | null)[],
  { target, name = answerMeta.title }: Shape = {},
): DataFrame {
  const { metric, title, unit, direction, definition, asOf, completeUntil, source, timeZone } = answerMeta;
  const custom = {
    kind: frameMetaKind,
    ...{ metric, title, unit, direction, definition, asOf, completeUntil, source, timeZone },
    ...(target !== undefined && { target: { name: 'goal', value: target } }),
  };
  return toDataFrame({
    name,
    fields: [
      { name: 'time', type: FieldType.time, values: values.map((_value, index) => hour(index)) },
      {
        name: 'value',
        type: FieldType.number,
        values,
        config: { unit: 'percentunit', custom: { coditectRole: valueRole } },
      },
    ],
    meta: { custom },
  });
}

interface Shape {
  target?: number;
  name?: string;
}
