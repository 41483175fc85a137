import {
  eventDataSchemas,
  intervalSchema,
  isKnownEventType,
  type KpiDefinition,
  type KpiProblem,
} from '@coditect/contracts';
import { findKpi } from '../catalogue.js';
import { userDimensions } from '../dimension-sets.js';
import { kpiDimensions } from '../kpi.js';
import { findNearestName } from '../nearest-name.js';
import { looksAtUsers } from './build-kpi.js';
import { findMixedColumn, unitsFor } from './measured-units.js';
import { findDimensionsApart } from './dimensions-apart.js';

/** What is wrong with a definition, with the way to it. */
export interface DefinitionIssue {
  readonly severity: KpiProblem['severity'];
  readonly path: readonly (string | number)[];
  readonly reason: string;
}

type DefinedMeasure = KpiDefinition['measure'];
type Side = Exclude<DefinedMeasure, { kind: 'ratio' }>;
type Path = DefinitionIssue['path'];

/** Everything that keeps a definition from being a KPI (errors), or makes it doubtful (warnings). */
export function checkDefinition(definition: KpiDefinition): readonly DefinitionIssue[] {
  const { measure } = definition;
  const path = ['measure'];
  return [
    ...checkId(definition),
    ...(measure.kind === 'ratio'
      ? [
          ...checkSide(measure.numerator, [...path, 'numerator']),
          ...checkSide(measure.denominator, [...path, 'denominator']),
          ...checkSides(measure, path),
        ]
      : checkSide(measure, path)),
    ...checkUnit(definition),
    ...checkDimensions(definition),
    ...checkInterval(definition),
  ];
}

function error(path: Path, reason: string): DefinitionIssue {
  return { severity: 'error', path, reason };
}

function checkId({ id }: KpiDefinition): readonly DefinitionIssue[] {
  if (findKpi(id) === undefined) return [];
  return [error(['id'], `"${id}" is the id of a KPI that is shipped. Take another one.`)];
}

function checkUnit({ measure, unit }: KpiDefinition): readonly DefinitionIssue[] {
  const units = unitsFor(measure);
  if (units.includes(unit)) return [];
  return [error(['unit'], `What is measured here has the unit ${units.join(' or ')}, not ${unit}.`)];
}

function checkSide(side: Side, path: Path): readonly DefinitionIssue[] {
  if (side.kind === 'distinctUsers') return checkDomain(side.domain, [...path, 'domain']);
  const issues = checkWhere(side.where, [...path, 'where']);
  if (side.kind !== 'sum') return issues;
  const mixed = findMixedColumn(side.columns);
  const repeated = side.columns.findIndex((column, index) => side.columns.indexOf(column) !== index);
  return [
    ...issues,
    ...(mixed === undefined
      ? []
      : [
          error(
            [...path, 'columns', side.columns.indexOf(mixed)],
            `${mixed} has another unit than ${side.columns[0]}.`,
          ),
        ]),
    ...(repeated < 0 ? [] : [error([...path, 'columns', repeated], 'This column is in the list already.')]),
  ];
}

/** Which sides can be divided by which. */
function checkSides(
  { denominator, numerator }: Extract<DefinedMeasure, { kind: 'ratio' }>,
  path: Path,
): readonly DefinitionIssue[] {
  if (denominator.kind !== 'distinctUsers') {
    if (numerator.kind !== 'distinctUsers') return [];
    return [error([...path, 'denominator'], 'Users can be divided by users only.')];
  }
  const isOfPeriod = denominator.days === 'period';
  const days = [...path, 'denominator', 'days'];
  if (numerator.kind !== 'distinctUsers') {
    if (isOfPeriod) return [];
    return [error(days, 'Events are divided by the users of the same period: take "period".')];
  }
  if ((numerator.days === 'period') === isOfPeriod) return [];
  return [error(days, 'Users of the period can be divided by users of the period only.')];
}

function checkWhere(
  where: Exclude<Side, { kind: 'distinctUsers' }>['where'],
  path: Path,
): readonly DefinitionIssue[] {
  const { in: values = {}, present = [], statusCodeMax, statusCodeMin, types = [] } = where;
  const isEmpty = statusCodeMin !== undefined && statusCodeMax !== undefined && statusCodeMin > statusCodeMax;
  return [
    ...types.flatMap((type, index) => checkType(type, [...path, 'types', index])),
    ...(isEmpty ? [error([...path, 'statusCodeMax'], 'No status code is in this range.')] : []),
    ...present.flatMap((name, index) => checkDimensionName(name, [...path, 'present', index])),
    ...Object.keys(values).flatMap((name) => checkDimensionName(name, [...path, 'in', name])),
  ];
}

/** Types of others are theirs to name; one of ours that is unknown is most likely misspelt. */
function checkType(type: string, path: Path): readonly DefinitionIssue[] {
  if (!type.startsWith('ai.coditect.') || isKnownEventType(type)) return [];
  const reason = `There is no type "${type}" among those that are known.${hintFor(type, Object.keys(eventDataSchemas))}`;
  return [{ severity: 'warning', path, reason }];
}

function checkDomain(domain: string | undefined, path: Path): readonly DefinitionIssue[] {
  const known = [...new Set(Object.keys(eventDataSchemas).map((type) => type.split('.')[2] ?? '')), 'other'];
  if (domain === undefined || known.includes(domain)) return [];
  const reason = `There is no domain "${domain}" among those that are known: ${known.join(', ')}.`;
  return [{ severity: 'warning', path, reason }];
}

function checkDimensionName(name: string, path: Path): readonly DefinitionIssue[] {
  if (kpiDimensions.some((dimension) => dimension === name)) return [];
  return [error(path, `There is no dimension "${name}".${hintFor(name, kpiDimensions)}`)];
}

function hintFor(name: string, candidates: readonly string[]): string {
  const nearest = findNearestName(name, candidates);
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
}

function checkDimensions({ dimensions, measure }: KpiDefinition): readonly DefinitionIssue[] {
  const ofUsers: readonly string[] | undefined = looksAtUsers(measure) ? userDimensions : undefined;
  const apart: ReadonlySet<string> = new Set(findDimensionsApart(measure));
  return dimensions.flatMap((name, index) => {
    const path = ['dimensions', index];
    const unknown = checkDimensionName(name, path);
    if (unknown.length > 0) return unknown;
    if (dimensions.indexOf(name) !== index) return [error(path, 'This dimension is in the list already.')];
    if (ofUsers?.includes(name) === false)
      return [error(path, `Users can be split by ${ofUsers.join(', ')} only.`)];
    if (!apart.has(name)) return [];
    return [error(path, `What this measures is told apart by ${name}, so it can't be split by it.`)];
  });
}

function checkInterval({ measure, smallestInterval }: KpiDefinition): readonly DefinitionIssue[] {
  const intervals = intervalSchema.options;
  const isTooSmall =
    smallestInterval !== undefined &&
    looksAtUsers(measure) &&
    intervals.indexOf(smallestInterval) < intervals.indexOf('1d');
  return isTooSmall ? [error(['smallestInterval'], 'Users are counted by the day: take 1d, 1w or 1M.')] : [];
}
