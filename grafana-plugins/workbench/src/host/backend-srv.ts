import { DataQueryErrorType, urlUtil } from '@grafana/data';
import type { BackendSrv, BackendSrvRequest, FetchError, FetchResponse } from '@grafana/runtime';
import {
  defer,
  dematerialize,
  filter,
  firstValueFrom,
  map,
  materialize,
  merge,
  mergeMap,
  Observable,
  Subject,
  throwError,
  type Subscriber,
} from 'rxjs';

function addressOf(request: BackendSrvRequest): string {
  const query = request.params === undefined ? '' : urlUtil.toUrlParams(request.params);
  const separator = request.url.includes('?') ? '&' : '?';
  const url = query === '' ? request.url : `${request.url}${separator}${query}`;
  return /^https?:\/\//.test(url) || url.startsWith('/') ? url : `/${url}`;
}

function initOf(request: BackendSrvRequest, signal: AbortSignal): RequestInit {
  const headers = new Headers(request.headers);
  const data: unknown = request.data;
  const isReady = typeof data === 'string' || data instanceof Blob;
  if (data !== undefined && !isReady && !headers.has('content-type')) {
    headers.set('content-type', 'application/json');
  }
  if (!headers.has('accept')) {
    headers.set('accept', 'application/json, text/plain, */*');
  }
  const init: RequestInit = { method: request.method ?? 'GET', headers, signal, credentials: 'same-origin' };
  if (data !== undefined && data !== null) {
    init.body = isReady ? data : JSON.stringify(data);
  }
  return init;
}

function parseText(text: string): unknown {
  if (text === '') {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function readBody(response: Response, request: BackendSrvRequest): Promise<unknown> {
  switch (request.responseType) {
    case 'arraybuffer':
      return response.arrayBuffer();
    case 'blob':
      return response.blob();
    case 'text':
      return response.text();
    case 'json':
    case undefined:
      return parseText(await response.text());
  }
}

function messageOf(data: unknown): string | undefined {
  if (typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string') {
    return data.message;
  }
  return undefined;
}

const cancelledError = (request: BackendSrvRequest): FetchError & { type: DataQueryErrorType } => ({
  type: DataQueryErrorType.Cancelled,
  cancelled: true,
  status: -1,
  statusText: 'Request was aborted',
  data: null,
  config: request,
});

/** One body of JSON, text or bytes; an answer that is not ok is an error. */
async function answerWhole(
  response: Response,
  request: BackendSrvRequest,
  subscriber: Subscriber<FetchResponse<unknown>>,
): Promise<void> {
  const data = await readBody(response, request);
  const { status, statusText, ok, headers, redirected, type, url } = response;
  if (!ok) {
    const failed: FetchError = {
      status,
      statusText,
      data: typeof data === 'string' ? { message: data } : data,
      config: request,
    };
    const message = messageOf(data);
    subscriber.error(message === undefined ? failed : { ...failed, message });
    return;
  }
  subscriber.next({ data, status, statusText, ok, headers, redirected, type, url, config: request });
  subscriber.complete();
}

/** The bytes as they come; the last value has none. An answer that is not ok is no error here: its `ok` tells. */
async function answerInChunks(
  response: Response,
  request: BackendSrvRequest,
  subscriber: Subscriber<FetchResponse<Uint8Array | undefined>>,
): Promise<void> {
  const { status, statusText, ok, headers, redirected, type, url } = response;
  const head = { status, statusText, ok, headers, redirected, type, url, config: request };
  const reader = response.body?.getReader();
  for (let isDone = false; !isDone;) {
    const chunk = await reader?.read();
    isDone = chunk?.done ?? true;
    subscriber.next({ ...head, data: chunk?.value });
  }
  subscriber.complete();
}

function send<T>(
  request: BackendSrvRequest,
  answer: (
    response: Response,
    request: BackendSrvRequest,
    subscriber: Subscriber<FetchResponse<T>>,
  ) => Promise<void>,
): Observable<FetchResponse<T>> {
  return new Observable((subscriber) => {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    request.abortSignal?.addEventListener('abort', abort);
    const run = async (): Promise<void> =>
      answer(await fetch(addressOf(request), initOf(request, controller.signal)), request, subscriber);
    run().catch((error: unknown) => {
      const isAbort = error instanceof DOMException && error.name === 'AbortError';
      const failed = {
        status: 0,
        statusText: 'Network error',
        data: { message: String(error) },
        config: request,
      };
      subscriber.error(isAbort ? cancelledError(request) : failed);
    });
    return () => {
      request.abortSignal?.removeEventListener('abort', abort);
      controller.abort();
    };
  });
}

/**
 * Grafana's way to speak HTTP, over `fetch`. A request with the `requestId` of one that still runs cancels that one,
 * and unsubscribing aborts. Errors have the shape of `FetchError`.
 */
export function createBackendSrv(): BackendSrv {
  const starts = new Subject<string>();
  const cancellable = <T>(
    request: BackendSrvRequest,
    sent: Observable<FetchResponse<T>>,
  ): Observable<FetchResponse<T>> => {
    const id = request.requestId;
    if (id === undefined) {
      return sent;
    }
    return defer(() => {
      starts.next(id);
      const superseded = starts.pipe(
        filter((started) => started === id),
        mergeMap(() => throwError(() => cancelledError(request))),
      );
      return merge(sent.pipe(materialize()), superseded).pipe(dematerialize());
    });
  };
  const fetchAny = (request: BackendSrvRequest): Observable<FetchResponse<unknown>> =>
    cancellable(request, send(request, answerWhole));
  // The caller says what the body is; this is the same promise that Grafana's own service makes.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- BackendSrv declares its answers as any by default.
  const fetchAs = <T = any>(request: BackendSrvRequest): Observable<FetchResponse<T>> =>
    fetchAny(request).pipe(map((response) => ({ ...response, data: trustBody<T>(response.data) })));
  const body = <T>(request: BackendSrvRequest): Promise<T> =>
    firstValueFrom(fetchAs<T>(request).pipe(map((response) => response.data)));
  return {
    fetch: fetchAs,
    request: body,
    datasourceRequest: <T>(request: BackendSrvRequest) => firstValueFrom(fetchAs<T>(request)),
    get: (url, params: BackendSrvRequest['params'], requestId, options) =>
      body({ ...options, url, params, requestId, method: 'GET' }),
    delete: (url, data, options) => body({ ...options, url, data, method: 'DELETE' }),
    post: (url, data, options) => body({ ...options, url, data, method: 'POST' }),
    patch: (url, data, options) => body({ ...options, url, data, method: 'PATCH' }),
    put: (url, data, options) => body({ ...options, url, data, method: 'PUT' }),
    chunked: (request) => cancellable(request, send(request, answerInChunks)),
  };
}

function trustBody<T>(data: unknown): T {
  return data as T;
}
