import type { LiveQueryInput, MetricAnswer, MetricQueryInput } from '@coditect/contracts';
import { map, NEVER, Observable, of, Subject, throwError, timer } from 'rxjs';
import type { StreamEvent } from '../event-stream-client';
import { seriesAnswer, totalAnswer } from '../model/answer.fixture';
import { createStreamSlots, liveAnswers, type LiveQuestion, type LiveUpdate } from './live-answers';

const startMs = Date.parse('2026-03-02T10:00:00Z');
const hourMs = 3_600_000;
const query: MetricQueryInput = {
  metric: 'cost',
  range: { from: '2026-03-02T09:00:00.000Z', to: '2026-03-02T10:00:00.000Z' },
  interval: '1m',
};
const question: LiveQuestion = {
  query,
  range: { kind: 'sliding', lengthMs: hourMs },
  everyMs: 1_000,
  origin: { requestId: 'Q', headers: {} },
};
const answered = (answer: MetricAnswer): StreamEvent => ({ kind: 'answer', answer });
const alive: StreamEvent = { kind: 'alive' };

type Stream = Observable<StreamEvent> | undefined;

/** A service whose streams are given one by one, the last one again and again. */
function serviceWith(streams: Stream[], poll: () => Observable<MetricAnswer> = () => of(totalAnswer)) {
  const opened: LiveQueryInput[] = [];
  const polled: MetricQueryInput[] = [];
  const open = { now: 0 };
  const deps = {
    client: {
      live: (body: LiveQueryInput) => {
        const stream = streams.length > 1 ? streams.shift() : streams[0];
        return (
          stream &&
          new Observable<StreamEvent>((subscriber) => {
            opened.push(body);
            open.now += 1;
            const subscription = stream.subscribe(subscriber);
            return () => {
              open.now -= 1;
              subscription.unsubscribe();
            };
          })
        );
      },
      query: (asked: MetricQueryInput) => {
        polled.push(asked);
        return poll();
      },
    },
    slots: createStreamSlots(3),
    nowMs: Date.now,
    random: () => 0.5,
  };
  return { deps, opened, polled, open };
}

function listen(deps: Parameters<typeof liveAnswers>[1], asked = question) {
  const updates: LiveUpdate[] = [];
  const ended = { is: false };
  const subscription = liveAnswers(asked, deps).subscribe({
    next: (update) => updates.push(update),
    complete: () => (ended.is = true),
  });
  return { updates, ended, subscription };
}

describe('liveAnswers', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: startMs });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('passes on each answer with the range that it is for, and closes the stream with the last listener', () => {
    const stream = new Subject<StreamEvent>();
    const { deps, opened, polled, open } = serviceWith([stream]);
    const { updates, subscription } = listen(deps);
    jest.advanceTimersByTime(1);
    expect(opened).toEqual([
      {
        query: { ...query, range: { from: '2026-03-02T09:00:00.000Z', to: '2026-03-02T10:00:00.000Z' } },
        range: 'sliding',
        everyMs: 1_000,
      },
    ]);
    stream.next(answered(seriesAnswer));
    jest.advanceTimersByTime(5_999);
    stream.next({ kind: 'alive' });
    stream.next(answered(totalAnswer));
    expect(updates).toEqual([
      {
        kind: 'answer',
        answer: seriesAnswer,
        range: { from: '2026-03-02T09:00:00.001Z', to: '2026-03-02T10:00:00.001Z' },
      },
      {
        kind: 'answer',
        answer: totalAnswer,
        range: { from: '2026-03-02T09:00:06.000Z', to: '2026-03-02T10:00:06.000Z' },
      },
    ]);
    expect(open.now).toBe(1);
    subscription.unsubscribe();
    expect(open.now).toBe(0);
    jest.advanceTimersByTime(10 * 60_000);
    expect([opened.length, polled.length]).toEqual([1, 0]);
  });

  it('keeps the start of a range that grows', () => {
    const { deps } = serviceWith([of(answered(seriesAnswer), alive)]);
    const { updates, subscription } = listen(deps, {
      ...question,
      range: { kind: 'growing', fromMs: startMs - 5 },
    });
    jest.advanceTimersByTime(1);
    expect(updates[0]).toMatchObject({
      range: { from: '2026-03-02T09:59:59.995Z', to: '2026-03-02T10:00:00.000Z' },
    });
    subscription.unsubscribe();
  });

  it('comes back to a stream that ends, at once after an answer and later and later without', () => {
    const { deps, opened } = serviceWith([
      of(answered(seriesAnswer)),
      throwError(() => ({ status: 503 })),
      NEVER,
    ]);
    const { subscription } = listen(deps);
    jest.advanceTimersByTime(1);
    expect(opened).toHaveLength(1);
    jest.advanceTimersByTime(1_000);
    expect(opened).toHaveLength(2);
    jest.advanceTimersByTime(1_998);
    expect(opened).toHaveLength(2);
    jest.advanceTimersByTime(2);
    expect(opened).toHaveLength(3);
    subscription.unsubscribe();
  });

  it('polls after three failures, says why, and tries the stream again after a minute', () => {
    const { deps, opened, polled } = serviceWith([throwError(() => ({ status: 502 }))]);
    const { updates, subscription } = listen(deps);
    jest.advanceTimersByTime(1 + 1_000 + 2_000);
    expect(opened).toHaveLength(3);
    jest.advanceTimersByTime(2_500);
    expect(polled.map(({ range }) => range.to)).toEqual([
      '2026-03-02T10:00:03.000Z',
      '2026-03-02T10:00:04.000Z',
      '2026-03-02T10:00:05.000Z',
    ]);
    expect(updates.at(-1)).toMatchObject({
      kind: 'answer',
      notice: 'Updated by asking again every 1 s, because the live connection fails.',
    });
    jest.advanceTimersByTime(60_000 + 2_000);
    expect(opened).toHaveLength(4);
    subscription.unsubscribe();
  });

  it('takes silence for a broken stream', () => {
    const stream = new Subject<StreamEvent>();
    const { deps, opened, open } = serviceWith([stream, NEVER]);
    const { subscription } = listen(deps);
    jest.advanceTimersByTime(1);
    stream.next(answered(seriesAnswer));
    jest.advanceTimersByTime(44_999);
    expect([opened.length, open.now]).toEqual([1, 1]);
    jest.advanceTimersByTime(1);
    expect(open.now).toBe(0);
    jest.advanceTimersByTime(1_000);
    expect(opened).toHaveLength(2);
    subscription.unsubscribe();
  });

  it('polls where the service does not stream, or the host cannot', () => {
    for (const stream of [throwError(() => ({ status: 404 })), undefined]) {
      const { deps, polled } = serviceWith([stream]);
      const { subscription } = listen(deps);
      jest.advanceTimersByTime(120_500);
      expect(polled.length).toBeGreaterThan(100);
      subscription.unsubscribe();
    }
  });

  it('ends with the refusal of a question that will never be answered', () => {
    const { deps } = serviceWith([throwError(() => ({ status: 422, data: {} }))]);
    const { updates, ended } = listen(deps);
    jest.advanceTimersByTime(1);
    expect(updates).toMatchObject([{ kind: 'failed', isOver: true }]);
    expect(ended.is).toBe(true);
  });

  it('tells a refusal within a stream, and listens on', () => {
    const stream = new Subject<StreamEvent>();
    const { deps } = serviceWith([stream]);
    const { updates, subscription } = listen(deps);
    jest.advanceTimersByTime(1);
    const body = { error: { code: 'query_timeout', reason: 'Too slow.' } };
    stream.next({ kind: 'refused', body });
    stream.next(answered(seriesAnswer));
    expect(updates).toMatchObject([
      { kind: 'failed', error: { data: body }, isOver: false },
      { kind: 'answer' },
    ]);
    subscription.unsubscribe();
  });

  it('comes back without a word to a service that is restarted', () => {
    const body = { error: { code: 'service_closing', reason: 'This service stops.' } };
    const closing: StreamEvent = { kind: 'refused', body };
    const { deps, opened } = serviceWith([of(answered(seriesAnswer), closing), NEVER]);
    const { updates, subscription } = listen(deps);
    jest.advanceTimersByTime(1_001);
    expect(updates.map(({ kind }) => kind)).toEqual(['answer']);
    expect(opened).toHaveLength(2);
    subscription.unsubscribe();
  });

  it('comes back without a word when an identity is over, which Grafana signs anew', () => {
    const body = { error: { code: 'grafana_id_invalid', reason: 'X-Grafana-Id is over.' } };
    const over: StreamEvent = { kind: 'refused', body };
    const { deps, opened } = serviceWith([of(answered(seriesAnswer), over), NEVER]);
    const { updates, subscription } = listen(deps);
    jest.advanceTimersByTime(1_001);
    expect(updates.map(({ kind }) => kind)).toEqual(['answer']);
    expect(opened).toHaveLength(2);
    subscription.unsubscribe();
  });

  it.each([
    // Grafana's proxy makes it of a 401.
    ['key_revoked', { status: 400, data: { message: 'Authentication to data source failed' } }],
    ['role_missing', { status: 403, data: { error: { code: 'role_missing', reason: 'No.' } } }],
  ])('gives up a stream that ends with %s, when it is refused once more', (code, refusal) => {
    const body = { error: { code, reason: 'No.' } };
    const refused: StreamEvent = { kind: 'refused', body };
    const streams = [of(answered(seriesAnswer), refused), throwError(() => refusal)];
    const { deps, opened, polled } = serviceWith(streams);
    const { updates, ended } = listen(deps);
    jest.advanceTimersByTime(10 * 60_000);
    expect(updates).toMatchObject([
      { kind: 'answer' },
      { kind: 'failed', error: { data: body }, isOver: false },
      { kind: 'failed', isOver: true },
    ]);
    expect(ended.is).toBe(true);
    expect([opened.length, polled.length]).toEqual([2, 0]);
  });

  it('goes on polling through failures that pass', () => {
    const answers = [throwError(() => ({ status: 503 })), of(totalAnswer)];
    const { deps } = serviceWith([undefined], () => answers.shift() ?? of(totalAnswer));
    const { updates, subscription } = listen(deps);
    jest.advanceTimersByTime(1_999);
    expect(updates).toMatchObject([{ kind: 'failed', isOver: false }]);
    // Twice the usual wait after a failure.
    jest.advanceTimersByTime(1);
    expect(updates).toMatchObject([{ kind: 'failed' }, { kind: 'answer' }]);
    subscription.unsubscribe();
  });

  it('polls while other panels have the streams, and takes one that is given back', () => {
    const steady = timer(0, 10_000).pipe(map(() => answered(seriesAnswer)));
    const { deps, opened, polled } = serviceWith([steady]);
    const others = [listen(deps), listen(deps), listen(deps)];
    const { subscription } = listen(deps);
    jest.advanceTimersByTime(1);
    expect([opened.length, polled.length]).toEqual([3, 1]);
    others[0]?.subscription.unsubscribe();
    jest.advanceTimersByTime(62_000);
    expect(opened.length).toBe(4);
    for (const each of [...others, { subscription }]) {
      each.subscription.unsubscribe();
    }
  });
});
