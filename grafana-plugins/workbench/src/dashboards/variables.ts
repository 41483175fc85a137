import type { DataSourceRef, VariableHide, VariableRefresh, VariableSort } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import {
  AdHocFiltersVariable,
  ConstantVariable,
  CustomVariable,
  DataSourceVariable,
  IntervalVariable,
  QueryVariable,
  SceneVariableSet,
  TextBoxVariable,
  type SceneVariable,
} from '@grafana/scenes';
import type { VariableJson } from './dashboard-schema';

/** A reference as dashboards write it: an object, a bare uid or name, or nothing for the default one. */
export function toDatasourceRef(reference: VariableJson['datasource']): DataSourceRef | undefined {
  if (typeof reference === 'string') {
    return { uid: reference };
  }
  return reference ?? undefined;
}

const textOf = (query: unknown): string => (typeof query === 'string' ? query : '');

function isQueryObject(query: unknown): query is { refId: string } {
  return typeof query === 'object' && query !== null;
}

function queryOf(query: unknown): string | { refId: string } {
  return isQueryObject(query) ? { ...query, refId: query.refId ?? 'variable' } : textOf(query);
}

/** `All` is kept as `$__all`; without a saved value a variable with "All" starts with it. */
function currentOf(variable: VariableJson): { value: string | string[]; text: string | string[] } {
  const fallback = variable.includeAll ? (variable.multi ? ['$__all'] : '$__all') : '';
  const value = variable.current.value ?? fallback;
  return { value, text: variable.current.text ?? value };
}

/** What an ad hoc filter offers depends on the data source: which keys the queries know, and which operators. */
function toFilters(variable: VariableJson) {
  const { filters, baseFilters, allowCustomValue } = variable;
  const settings = getDataSourceSrv().getInstanceSettings(toDatasourceRef(variable.datasource));
  return {
    filters,
    baseFilters,
    allowCustomValue,
    supportsMultiValueOperators: settings?.meta.multiValueFilterOperators ?? false,
    useQueriesAsFilterForOptions: true,
  };
}

function toVariable(variable: VariableJson): SceneVariable | undefined {
  const hide: VariableHide = variable.hide;
  const common = {
    name: variable.name,
    label: variable.label ?? undefined,
    description: variable.description ?? undefined,
    hide,
    skipUrlSync: variable.skipUrlSync,
  };
  const choice = {
    ...common,
    ...currentOf(variable),
    isMulti: variable.multi,
    includeAll: variable.includeAll,
    allValue: variable.allValue ?? undefined,
    defaultToAll: variable.includeAll,
    allowCustomValue: variable.allowCustomValue,
  };
  const datasource = toDatasourceRef(variable.datasource) ?? null;
  switch (variable.type) {
    case 'custom':
      return new CustomVariable({ ...choice, query: textOf(variable.query) });
    case 'query': {
      const refresh: VariableRefresh = variable.refresh;
      const sort: VariableSort = variable.sort;
      return new QueryVariable({
        ...choice,
        datasource,
        query: queryOf(variable.query),
        regex: variable.regex,
        refresh,
        sort,
      });
    }
    case 'datasource':
      return new DataSourceVariable({ ...choice, pluginId: textOf(variable.query), regex: variable.regex });
    case 'textbox':
      return new TextBoxVariable({ ...common, value: textOf(variable.current.value ?? variable.query) });
    case 'constant':
      return new ConstantVariable({ ...common, value: textOf(variable.query) });
    case 'interval':
      return new IntervalVariable({
        ...common,
        value: textOf(variable.current.value),
        intervals: textOf(variable.query).split(','),
        autoEnabled: variable.auto,
      });
    case 'adhoc':
      return new AdHocFiltersVariable({ ...common, ...toFilters(variable), datasource, applyMode: 'auto' });
    default:
      return undefined;
  }
}

/** The variables of a dashboard; types that the workbench does not know are left out. */
export function toVariableSet(list: VariableJson[]): SceneVariableSet {
  return new SceneVariableSet({
    variables: list.map(toVariable).filter((variable) => variable !== undefined),
  });
}
