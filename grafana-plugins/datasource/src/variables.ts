import { CustomVariableSupport, type DataQueryRequest, type DataQueryResponse } from '@grafana/data';
import { catchError, from, map, type Observable } from 'rxjs';
import { VariableEditor } from './components/VariableEditor';
import type { AnalyticsDataSource } from './datasource';
import { classifyFailure, describeFailure } from './model/failure';
import type { AnalyticsVariableQuery } from './types';

/** Dashboard variables from the values of a dimension or from the list of KPIs. */
export class AnalyticsVariables extends CustomVariableSupport<AnalyticsDataSource, AnalyticsVariableQuery> {
  override editor = VariableEditor;

  constructor(private readonly datasource: AnalyticsDataSource) {
    super();
  }

  override query(request: DataQueryRequest<AnalyticsVariableQuery>): Observable<DataQueryResponse> {
    const [saved] = request.targets;
    return from(this.datasource.variableValues(saved, request.scopedVars)).pipe(
      map((frame) => ({ data: [frame] })),
      // Grafana shows the message of what is thrown beside the variable.
      catchError((error: unknown) => {
        throw new Error(describeFailure(classifyFailure(error)));
      }),
    );
  }
}
