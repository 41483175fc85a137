import { formatTraceparent, parseTraceparent, type TraceContext } from './trace-context.js';
import { createTraces, linksMax, type SpanRecorder } from './traces.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const outside = `00-${traceId}-b7ad6b7169203331-01`;

interface Kept {
  readonly name: string;
  readonly parent: TraceContext | undefined;
  readonly links: readonly TraceContext[];
  error?: unknown;
  isOver: boolean;
}

function createRecorder(): SpanRecorder & { readonly spans: Kept[] } {
  const spans: Kept[] = [];
  return {
    spans,
    start(name, { links, parent }) {
      const span: Kept = { name, parent, links, isOver: false };
      spans.push(span);
      const spanId = String(spans.length).padStart(16, '0');
      return {
        context: {
          traceId: parent?.traceId ?? String(spans.length).padStart(32, 'f'),
          spanId,
          isSampled: true,
        },
        set: () => undefined,
        rename: () => undefined,
        end(error) {
          span.isOver = true;
          span.error = error;
        },
      };
    },
  };
}

const internal = { kind: 'internal' } as const;

describe('a traceparent', () => {
  it('is read and written as W3C Trace Context says', () => {
    const context = parseTraceparent(outside);
    expect(context).toEqual({ traceId, spanId: 'b7ad6b7169203331', isSampled: true });
    expect(context && formatTraceparent(context)).toBe(outside);
  });

  it.each([
    ['nothing', undefined],
    ['a list', [outside]],
    ['a trace of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['the version that is none', outside.replace(/^00/, 'ff')],
    ['capitals', outside.toUpperCase()],
    ['something longer than any', `${outside}-${'a'.repeat(300)}`],
  ])('is not %s', (_name, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('of a later version is read as far as it is known', () => {
    expect(parseTraceparent(`01-${traceId}-b7ad6b7169203331-00-more`)).toMatchObject({
      traceId,
      isSampled: false,
    });
  });
});

describe('without a recorder', () => {
  it('hands on what came from outside as it came', async () => {
    const traces = createTraces();
    const within = await traces.span('work', { ...internal, from: [outside] }, () =>
      Promise.resolve(traces.current()),
    );
    expect(within).toBe(outside);
    expect(traces.current()).toBeUndefined();
  });

  it('gives work from nowhere an id of its own, which nobody records', async () => {
    const traces = createTraces();
    const current = (): Promise<string> => Promise.resolve(traces.current() ?? '');
    const first = await traces.span('work', internal, current);
    const second = await traces.span('work', internal, current);
    expect(parseTraceparent(first)).toMatchObject({ isSampled: false });
    expect(first).not.toBe(second);
  });

  it('says in the log which trace and whose work it is, also in what the work starts', async () => {
    const traces = createTraces();
    await traces.span('request', { ...internal, from: [outside] }, async () => {
      await Promise.resolve();
      traces.setTenant('acme');
      await traces.span('part', internal, () => {
        expect(traces.fields()).toEqual({ traceId, spanId: 'b7ad6b7169203331', tenantId: 'acme' });
        return Promise.resolve();
      });
    });
    expect(traces.fields()).toEqual({});
  });

  it('does not take a tenant along into work that goes on with several', async () => {
    const traces = createTraces();
    await traces.span('request', { ...internal, from: [outside] }, async () => {
      traces.setTenant('acme');
      const fields = await traces.span('batch', { ...internal, from: [outside] }, () =>
        Promise.resolve(traces.fields()),
      );
      expect(fields.tenantId).toBeUndefined();
    });
  });
});

describe('with a recorder', () => {
  it('makes a span a part of what runs, and ends it with its work', async () => {
    const traces = createTraces();
    const recorder = createRecorder();
    traces.recordBy(recorder);
    await traces.span('outer', { ...internal, from: [outside] }, () =>
      traces.span('inner', internal, () => Promise.resolve()),
    );
    const [outer, inner] = recorder.spans;
    expect(outer?.parent?.traceId).toBe(traceId);
    expect(inner?.parent?.spanId).toBe('0000000000000001');
    expect(recorder.spans.every((span) => span.isOver)).toBe(true);
  });

  it('keeps the error of work that failed, and throws it', async () => {
    const traces = createTraces();
    const recorder = createRecorder();
    traces.recordBy(recorder);
    const failure = new Error('away');
    await expect(traces.span('work', internal, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(recorder.spans[0]).toMatchObject({ isOver: true, error: failure });
  });

  it('links work that goes on with several to all, and is part of none that merely runs now', async () => {
    const traces = createTraces();
    const recorder = createRecorder();
    traces.recordBy(recorder);
    const other = outside.replace('b7ad', 'c7ad');
    await traces.span('bystander', internal, () =>
      traces.span('batch', { ...internal, from: [outside, undefined, other, outside] }, () =>
        Promise.resolve(),
      ),
    );
    const batch = recorder.spans[1];
    expect(batch?.parent?.spanId).toBe('b7ad6b7169203331');
    expect(batch?.links.map((link) => link.spanId)).toEqual(['c7ad6b7169203331']);
    await traces.span('bystander', internal, () =>
      traces.span('nobody asked', { ...internal, from: [] }, () => Promise.resolve()),
    );
    expect(recorder.spans[3]?.parent).toBeUndefined();
  });

  it('links to a bounded number', async () => {
    const traces = createTraces();
    const recorder = createRecorder();
    traces.recordBy(recorder);
    const many = Array.from(
      { length: 500 },
      (_, index) => `00-${traceId}-${String(index + 1).padStart(16, '0')}-01`,
    );
    await traces.span('batch', { ...internal, from: many }, () => Promise.resolve());
    expect(recorder.spans[0]?.links).toHaveLength(linksMax);
  });
});
