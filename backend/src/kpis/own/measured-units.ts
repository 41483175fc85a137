import type { KpiDefinition, Unit } from '@coditect/contracts';
import type { SumColumn } from '../kpi.js';

/** What a stored quantity counts. */
function unitOfColumn(column: SumColumn): Unit {
  if (column === 'costUsd') return 'USD';
  if (column === 'responseBytes') return 'bytes';
  return column.startsWith('tokens') ? 'tokens' : 'count';
}

type Measured =
  | { readonly kind: 'count' | 'distinctUsers' | 'seats' | 'cohort' | 'firsts' | 'depth' }
  | { readonly kind: 'sum'; readonly columns: readonly SumColumn[] };

const usersKinds: ReadonlySet<Measured['kind']> = new Set(['distinctUsers', 'cohort', 'firsts', 'depth']);

/** What a side of a ratio, or a measure that is none, counts. */
export function unitOfMeasure(measure: Measured): Unit {
  if (usersKinds.has(measure.kind)) return 'users';
  const [column] = measure.kind === 'sum' ? measure.columns : [];
  return column === undefined ? 'count' : unitOfColumn(column);
}

/** Units that a measure may have, the fitting one first. Of two equal sides, a share of one or a number of things. */
export function unitsFor(measure: KpiDefinition['measure']): readonly Unit[] {
  if (measure.kind === 'quantile') return ['milliseconds'];
  if (measure.kind !== 'ratio') return [unitOfMeasure(measure)];
  const [above, below] = [unitOfMeasure(measure.numerator), unitOfMeasure(measure.denominator)];
  return above === below ? ['ratio', above] : [above];
}

/** Quantities that can't be added: those of another unit than the first. */
export function findMixedColumn<Column extends SumColumn>(columns: readonly Column[]): Column | undefined {
  const [first] = columns;
  return first && columns.find((column) => unitOfColumn(column) !== unitOfColumn(first));
}
