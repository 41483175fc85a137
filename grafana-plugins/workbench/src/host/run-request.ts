import {
  DataTopic,
  LoadingState,
  toDataFrame,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  type PanelData,
} from '@grafana/data';
import { toDataQueryError } from '@grafana/runtime';
import {
  catchError,
  defer,
  from,
  isObservable,
  map,
  merge,
  of,
  share,
  takeUntil,
  timer,
  type Observable,
} from 'rxjs';

/** How long a query may take before its panel shows that it is loading. */
const loadingDelayMs = 200;

type QueryFunction = DataSourceApi['query'];

function isAnnotation(frame: DataFrame): boolean {
  return frame.meta?.dataTopic === DataTopic.Annotations;
}

function refIdOf([first]: unknown[]): string | undefined {
  const hasRefId = typeof first === 'object' && first !== null && 'refId' in first;
  return hasRefId && typeof first.refId === 'string' ? first.refId : undefined;
}

/** Adds one packet of an answer to what came before: packets with the same key replace each other. */
function addPacket(
  request: DataQueryRequest,
  packets: Map<string, DataQueryResponse>,
  packet: DataQueryResponse,
): PanelData {
  packets.set(packet.key ?? refIdOf(packet.data) ?? 'A', packet);
  const responses = [...packets.values()];
  const errors = responses.flatMap((response) => response.errors ?? (response.error ? [response.error] : []));
  const frames = responses.flatMap((response) => response.data.map((data) => toDataFrame(data)));
  const panelData: PanelData = {
    state: errors.length > 0 ? LoadingState.Error : (packet.state ?? LoadingState.Done),
    series: frames.filter((frame) => !isAnnotation(frame)),
    annotations: frames.filter(isAnnotation),
    timeRange: request.range,
    request,
  };
  return errors.length > 0 ? { ...panelData, errors, error: errors[0] } : panelData;
}

function ask(
  datasource: DataSourceApi,
  request: DataQueryRequest,
  query?: QueryFunction,
): Observable<DataQueryResponse> {
  const answer = query === undefined ? datasource.query(request) : query(request);
  return isObservable(answer) ? answer : from(answer);
}

function failure(request: DataQueryRequest, error: unknown): PanelData {
  const described = toDataQueryError(error);
  return {
    state: LoadingState.Error,
    series: [],
    timeRange: request.range,
    request,
    error: described,
    errors: [described],
  };
}

/** Runs a request and gives the states of its panel: loading when it takes a while, the data, or the error. */
export function runRequest(
  datasource: DataSourceApi,
  request: DataQueryRequest,
  query?: QueryFunction,
): Observable<PanelData> {
  if (request.targets.length === 0) {
    return of({ state: LoadingState.Done, series: [], timeRange: request.range, request });
  }
  const packets = new Map<string, DataQueryResponse>();
  const started = { ...request, startTime: Date.now() };
  const answers = defer(() => ask(datasource, started, query)).pipe(
    map((packet) => addPacket({ ...started, endTime: Date.now() }, packets, packet)),
    catchError((error: unknown) => of(failure(started, error))),
    share(),
  );
  const loading: PanelData = {
    state: LoadingState.Loading,
    series: [],
    timeRange: request.range,
    request: started,
  };
  return merge(
    timer(loadingDelayMs).pipe(
      map(() => loading),
      takeUntil(answers),
    ),
    answers,
  );
}
