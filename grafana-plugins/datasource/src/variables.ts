import {
  CustomVariableSupport,
  type DataQueryRequest,
  type DataQueryResponse,
  type ScopedVars,
} from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { catchError, from, map, type Observable } from 'rxjs';
import { VariableEditor } from './components/lazy-editors';
import type { AnalyticsDataSource } from './datasource';
import { migrateVariableQuery } from './migrations';
import { classifyFailure, describeFailure } from './model/failure';
import {
  interpolateFilter,
  interpolateList,
  interpolateText,
  listNames,
  type Interpolate,
} from './model/template';
import { refuseUnknownOperators } from './model/unknown-operators';
import {
  dimensionChoices,
  kpiChoices,
  matchingChoices,
  toChoiceFrame,
  type Choice,
} from './model/variable-choices';
import type { AnalyticsVariableQuery, DimensionValuesVariable } from './types';

/** When the events of the values happened; milliseconds since 1970. */
interface Span {
  fromMs: number;
  toMs: number;
}

/** Dashboard variables from the catalogue and from the values of dimensions. */
export class AnalyticsVariables extends CustomVariableSupport<AnalyticsDataSource, AnalyticsVariableQuery> {
  override editor = VariableEditor;

  constructor(private readonly datasource: AnalyticsDataSource) {
    super();
  }

  override query(request: DataQueryRequest<AnalyticsVariableQuery>): Observable<DataQueryResponse> {
    const [saved] = request.targets;
    const { range } = request;
    const span = range && { fromMs: range.from.valueOf(), toMs: range.to.valueOf() };
    const query = migrateVariableQuery(saved);
    return from(this.choices(query, request.scopedVars ?? {}, span)).pipe(
      map((choices) => ({ data: [toChoiceFrame(choices, query.refId)] })),
      // Grafana shows the message of what is thrown beside the variable.
      catchError((error: unknown) => {
        throw new Error(describeFailure(classifyFailure(error)));
      }),
    );
  }

  /** What a variable offers; template variables, also Grafana's `$__searchFilter`, are replaced. */
  async choices(query: AnalyticsVariableQuery, scopedVars: ScopedVars, span?: Span): Promise<Choice[]> {
    const interpolate: Interpolate = (text, format) => getTemplateSrv().replace(text, scopedVars, format);
    // "All" names none: then everything is listed.
    const namesIn = (text = ''): string[] => interpolateList([text], interpolate).flatMap(listNames);
    refuseUnknownOperators(query);
    switch (query.kind) {
      case 'kpis':
        return kpiChoices(await this.datasource.kpis(), namesIn(query.family));
      case 'dimensions':
        return dimensionChoices(await this.datasource.kpis(), namesIn(query.metric));
      case 'teams':
        return matchingChoices(await this.datasource.valuesOf({ dimension: 'team', filters: [] }), '');
      case 'dimensionValues':
        return this.valueChoices(query, interpolate, span);
    }
  }

  private async valueChoices(
    query: DimensionValuesVariable,
    interpolate: Interpolate,
    range: Span | undefined,
  ): Promise<Choice[]> {
    const dimension = interpolateText(query.dimension, interpolate, 'The dimension of a variable');
    if (dimension === '') {
      return [];
    }
    const regex = interpolate(query.regex ?? '');
    const values = await this.datasource.valuesOf({
      dimension,
      prefix: interpolate(query.prefix ?? ''),
      // What the expression lets through is known only here.
      ...(regex === '' && { limit: query.limit }),
      filters: (query.filters ?? []).flatMap((filter) => interpolateFilter(filter, interpolate) ?? []),
      range,
    });
    return matchingChoices(values, regex).slice(0, query.limit);
  }
}
