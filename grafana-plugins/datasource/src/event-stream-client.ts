import { concatMap, defer, EMPTY, from, mergeMap, of, throwError, type Observable } from 'rxjs';
import type { MetricAnswer } from '@coditect/contracts';
import { readMetricAnswer } from './model/answers';
import { createEventStreamReader, type ServerEvent } from './model/event-stream';

/** A piece of an answer. One that is not `ok` is no error of the call: its pieces are the body of the refusal. */
interface Chunk {
  data: Uint8Array | undefined;
  ok: boolean;
  status: number;
  statusText: string;
}

/** The part of Grafana's HTTP client that reads an answer while it is coming. */
export interface ChunkedFetcher {
  chunked(request: {
    url: string;
    method: string;
    data: unknown;
    headers: Record<string, string>;
  }): Observable<Chunk>;
}

/** What the service says while a question is live; `alive` is any sign of life, a comment for one. */
export type StreamEvent =
  { kind: 'answer'; answer: MetricAnswer } | { kind: 'refused'; body: unknown } | { kind: 'alive' };

/**
 * Opens a stream of answers, `undefined` where the host has no way to. Completes when the service ends it; fails with
 * `{status, data}` like any other call when it is refused from the start. Unsubscribing closes the connection.
 */
export function openEventStream(
  fetcher: Partial<ChunkedFetcher>,
  url: string,
  question: unknown,
  headers: Record<string, string>,
): Observable<StreamEvent> | undefined {
  if (fetcher.chunked === undefined) {
    return undefined;
  }
  const chunked = fetcher.chunked.bind(fetcher);
  return defer(() => {
    const read = createEventStreamReader();
    const decoder = new TextDecoder();
    let refusal = '';
    return chunked({
      url,
      method: 'POST',
      data: question,
      headers: { ...headers, Accept: 'text/event-stream' },
    }).pipe(
      concatMap((chunk) => {
        if (chunk.ok) {
          return of(chunk);
        }
        refusal += decoder.decode(chunk.data, { stream: chunk.data !== undefined });
        return chunk.data === undefined ? throwError(() => refusedCall(chunk, refusal)) : EMPTY;
      }),
      mergeMap(({ data }) => {
        const events = data === undefined ? [] : read(data).flatMap(toStreamEvent);
        return from<StreamEvent[]>(events.length > 0 ? events : [{ kind: 'alive' }]);
      }),
    );
  });
}

function toStreamEvent({ name, data }: ServerEvent): StreamEvent[] {
  switch (name) {
    case 'answer':
      return [{ kind: 'answer', answer: readMetricAnswer(parseJson(data)) }];
    case 'refused':
      return [{ kind: 'refused', body: parseJson(data) }];
    default:
      return [];
  }
}

/** As Grafana's own client fails, so that it is read by the same words. */
function refusedCall({ status, statusText }: Chunk, body: string): object {
  const data = parseJson(body);
  return { status, statusText, data: typeof data === 'string' ? { message: data } : data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
