import {
  hasSupplementaryQuerySupport,
  SupplementaryQueryType,
  type DataQueryRequest,
  type DataSourceApi,
  type PanelData,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { EMPTY, from, switchMap, type Observable } from 'rxjs';
import { runRequest } from '../host/run-request';

const type = SupplementaryQueryType.LogsVolume;

function volumeRequest(datasource: DataSourceApi, request: DataQueryRequest): DataQueryRequest | undefined {
  if (!hasSupplementaryQuerySupport(datasource, type)) {
    return undefined;
  }
  const asked = { ...request, requestId: `${request.requestId}-volume`, app: request.app };
  return datasource.getSupplementaryRequest?.(type, asked);
}

/** How many lines there are over time, when the data source can tell: the histogram above the lines. */
export function runLogVolume(request: DataQueryRequest): Observable<PanelData> {
  return from(getDataSourceSrv().get(request.targets[0]?.datasource)).pipe(
    switchMap((datasource) => {
      const wanted = volumeRequest(datasource, request);
      return wanted === undefined ? EMPTY : runRequest(datasource, wanted);
    }),
  );
}
