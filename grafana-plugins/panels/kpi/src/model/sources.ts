import {
  previousRole,
  readFieldRole,
  readKpiFrameMeta,
  valueRole,
  type KpiFrameMeta,
} from '@coditect/plugins-shared';
import {
  describeShape,
  hasRows,
  isHidden,
  toNumber,
  toText,
  type ShapeProblem,
} from '@coditect/plugins-shared/panel';
import {
  FieldType,
  fieldReducers,
  getFieldDisplayName,
  reduceField,
  type DataFrame,
  type Field,
} from '@grafana/data';
import type { KpiPanelOptions } from '../types';
import type { SparklineSeries } from './sparkline';

/** What a frame or a row says, before it is formatted and judged. */
export interface Source {
  key: string;
  title: string;
  field: Field;
  /** The row that the value stands in, or the last one of a series: where data links look. */
  row: number;
  meta: KpiFrameMeta | undefined;
  /** One of several: what holds for all of them together does not hold for it. */
  isGroup: boolean;
  value: number | null;
  /** Of the query's own comparison. */
  previous: number | null | undefined;
  /** Of the fields that the options name. */
  compared: number | null | undefined;
  target: number | null | undefined;
  sparkline: SparklineSeries | undefined;
  note: string | undefined;
}

type SourceOptions = Pick<
  KpiPanelOptions,
  'valueSource' | 'valueField' | 'reducer' | 'comparisonField' | 'targetField'
>;

/** One source per value field of a series, and per row of a table. */
export function readSources(frames: readonly DataFrame[], options: SourceOptions): Source[] {
  return frames.flatMap((frame, index) =>
    frame.fields.some(({ type }) => type === FieldType.time)
      ? fromSeries(frame, index, frames, options)
      : fromRows(frame, index, options),
  );
}

/** Why frames with rows make no KPI; `undefined` where there are none. */
export function describeNoKpi(frames: readonly DataFrame[], valueField: string): ShapeProblem | undefined {
  const filled = frames.filter(hasRows);
  if (filled.length === 0) {
    return undefined;
  }
  const wish = { key: 'value', names: ['value'], types: [FieldType.number], isNeeded: true } as const;
  const problem = describeShape(filled, [{ ...wish, meaning: 'the number to show; any will do' }]);
  const named = { name: valueField, types: 'number', meaning: 'the field that the options name' };
  return valueField === ''
    ? problem
    : { ...problem, expected: [{ ...named, isNeeded: true, isFound: false }] };
}

/** The service's own total goes before any reducer. */
function fromSeries(
  frame: DataFrame,
  index: number,
  frames: readonly DataFrame[],
  options: SourceOptions,
): Source[] {
  const frameMeta = readKpiFrameMeta(frame.meta?.custom);
  const previousField = frame.fields.find(isPrevious);
  const comparedField = findNumber(frame, options.comparisonField);
  const targetField = findNumber(frame, options.targetField);
  const values = valuesOf(frame, options, [comparedField, targetField]);
  const owner = ownerOf(values, frameMeta);
  return values.map((field, position): Source => {
    const meta = field === owner ? frameMeta : undefined;
    const previous = field === owner ? previousField : undefined;
    const behind = comparedField ?? previous;
    const total = options.valueSource === 'auto' ? meta?.total : undefined;
    return {
      key: `${index}-${position}`,
      title: getFieldDisplayName(field, frame, [...frames]),
      field,
      row: Math.max(0, frame.length - 1),
      meta,
      isGroup: Object.keys(field.labels ?? {}).length > 0,
      value: total ? total.value : reduce(field, options.reducer),
      previous: total ? total.previous : previous && reduce(previous, options.reducer),
      compared: comparedField && reduce(comparedField, options.reducer),
      target: targetField && reduce(targetField, 'lastNotNull'),
      sparkline: { values: numbersOf(field), ...(behind && { previous: numbersOf(behind) }) },
      // Other data sources never had a total: there the reducer is what was asked for.
      note: frameMeta && !total ? `${reducerName(options.reducer)} of the intervals` : undefined,
    };
  });
}

/** Grafana marks calculations that skip nulls with an asterisk. */
function reducerName(reducer: string): string {
  return (fieldReducers.getIfExists(reducer)?.name ?? reducer).replace(/ \*$/u, '');
}

/**
 * The field that the frame's comparison is of, and what the frame says of itself: total, target, direction, quality. In
 * a frame of ours that is the KPI's own field and never one that a transformation has added.
 */
function ownerOf(values: readonly Field[], meta: KpiFrameMeta | undefined): Field | undefined {
  return values.find(isOurValue) ?? (meta ? undefined : values[0]);
}

/** The value column of each row, named after its text columns. */
function fromRows(frame: DataFrame, index: number, options: SourceOptions): Source[] {
  const frameMeta = readKpiFrameMeta(frame.meta?.custom);
  const compared = findNumber(frame, options.comparisonField);
  const target = findNumber(frame, options.targetField);
  const columns = valuesOf(frame, options, [compared, target]);
  const field = columns.find(isOurValue) ?? columns.at(-1);
  if (!field) {
    return [];
  }
  const isOwner = field === ownerOf([field], frameMeta);
  const names = frame.fields.filter(({ type }) => type === FieldType.string);
  const previous = isOwner ? frame.fields.find(isPrevious) : undefined;
  return Array.from({ length: frame.length }, (_none, row): Source => ({
    key: `${index}-${row}`,
    title: names.map(({ values }) => toText(values[row])).join(' · ') || getFieldDisplayName(field, frame),
    field,
    row,
    meta: isOwner ? frameMeta : undefined,
    isGroup: names.length > 0,
    value: toNumber(field.values[row]),
    previous: previous && toNumber(previous.values[row]),
    compared: compared && toNumber(compared.values[row]),
    target: target && toNumber(target.values[row]),
    sparkline: undefined,
    note: undefined,
  }));
}

/** The fields to show: the one that was named, else every number that has no other part. */
function valuesOf(
  frame: DataFrame,
  { valueField }: SourceOptions,
  others: readonly (Field | undefined)[],
): Field[] {
  if (valueField !== '') {
    return [findNumber(frame, valueField)].filter((field) => field !== undefined);
  }
  return frame.fields.filter((field) => isValue(field) && !others.includes(field));
}

function findNumber(frame: DataFrame, name: string): Field | undefined {
  if (name === '') {
    return undefined;
  }
  return frame.fields.find(
    (field) =>
      field.type === FieldType.number && (field.name === name || getFieldDisplayName(field, frame) === name),
  );
}

function isPrevious({ type, config, name }: Field): boolean {
  return type === FieldType.number && (readFieldRole(config.custom) === previousRole || name === 'previous');
}

function isOurValue({ config, name }: Field): boolean {
  return readFieldRole(config.custom) === valueRole || name === valueRole;
}

function isValue(field: Field): boolean {
  return field.type === FieldType.number && !isPrevious(field) && !isHidden(field);
}

function reduce(field: Field, reducer: string): number | null {
  const id = fieldReducers.getIfExists(reducer) ? reducer : 'lastNotNull';
  return toNumber(reduceField({ field, reducers: [id] })[id]);
}

function numbersOf(field: Field): (number | null)[] {
  return field.values.map((value: unknown) => toNumber(value));
}
