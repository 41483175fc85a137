import { Observable, of } from 'rxjs';
import { openEventStream, type ChunkedFetcher, type StreamEvent } from './event-stream-client';
import { seriesAnswer } from './model/answer.fixture';

type Chunk = ReturnType<ChunkedFetcher['chunked']> extends Observable<infer Each> ? Each : never;

const encoder = new TextEncoder();
const chunk = (text: string | undefined, status = 200): Chunk => ({
  data: text === undefined ? undefined : encoder.encode(text),
  ok: status < 400,
  status,
  statusText: '',
});

function open(chunks: Observable<Chunk>) {
  const requests: unknown[] = [];
  const fetcher: ChunkedFetcher = {
    chunked: (request) => {
      requests.push(request);
      return chunks;
    },
  };
  const events: StreamEvent[] = [];
  const errors: unknown[] = [];
  const ended = { is: false };
  const stream = openEventStream(fetcher, '/grafana/live', { query: 1 }, { 'X-Panel-Id': '3' });
  const subscription = stream?.subscribe({
    next: (event) => events.push(event),
    error: (error: unknown) => errors.push(error),
    complete: () => (ended.is = true),
  });
  return { requests, events, errors, ended, subscription };
}

describe('openEventStream', () => {
  it('asks by POST and reads answers, refusals and signs of life', () => {
    const refusal = { error: { code: 'query_timeout', reason: 'Too slow.' } };
    const text = `event: answer\ndata: ${JSON.stringify(seriesAnswer)}\n\nevent: refused\ndata: ${JSON.stringify(refusal)}\n\n`;
    const { requests, events, ended } = open(
      of(
        chunk(text.slice(0, 30)),
        chunk(text.slice(30)),
        chunk(': alive\n\n'),
        chunk('event: later\ndata: 1\n\n'),
        chunk(undefined),
      ),
    );
    expect(requests).toEqual([
      {
        url: '/grafana/live',
        method: 'POST',
        data: { query: 1 },
        headers: { 'X-Panel-Id': '3', Accept: 'text/event-stream' },
      },
    ]);
    expect(events.filter(({ kind }) => kind !== 'alive')).toEqual([
      { kind: 'answer', answer: seriesAnswer },
      { kind: 'refused', body: refusal },
    ]);
    expect(events.filter(({ kind }) => kind === 'alive')).toHaveLength(4);
    expect(ended.is).toBe(true);
  });

  it('fails like any other call when it is refused from the start', () => {
    const body = JSON.stringify({ error: { code: 'scope_missing', reason: 'No.' } });
    const { errors } = open(
      of(chunk(body.slice(0, 9), 403), chunk(body.slice(9), 403), chunk(undefined, 403)),
    );
    expect(errors).toEqual([
      { status: 403, statusText: '', data: { error: { code: 'scope_missing', reason: 'No.' } } },
    ]);
    expect(open(of(chunk('<html>', 502), chunk(undefined, 502))).errors).toEqual([
      { status: 502, statusText: '', data: { message: '<html>' } },
    ]);
  });

  it('closes the connection when nobody listens any more', () => {
    let isClosed = false;
    const { subscription } = open(new Observable<Chunk>(() => () => (isClosed = true)));
    subscription?.unsubscribe();
    expect(isClosed).toBe(true);
  });

  it('is not there where the host cannot read an answer in pieces', () => {
    expect(openEventStream({}, '/live', {}, {})).toBeUndefined();
  });
});
