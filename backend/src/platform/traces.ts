import { AsyncLocalStorage } from 'node:async_hooks';
import { beginTrace, formatTraceparent, parseTraceparent, type TraceContext } from './trace-context.js';

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work while it runs. */
export interface Span {
  set(attributes: SpanAttributes): void;
  rename(name: string): void;
}

/** A span that somebody keeps. */
export interface RecordedSpan extends Span {
  readonly context: TraceContext;
  /** With the error, when the work failed. */
  end(error?: unknown): void;
}

/** Where spans go. */
export interface SpanRecorder {
  start(
    name: string,
    options: {
      readonly kind: SpanKind;
      readonly attributes: SpanAttributes;
      readonly parent: TraceContext | undefined;
      readonly links: readonly TraceContext[];
    },
  ): RecordedSpan;
}

export interface SpanOptions {
  readonly kind: SpanKind;
  readonly attributes?: SpanAttributes;
  /**
   * The `traceparent` of each piece of work that this one goes on with, whatever runs now. The first is its parent, the
   * others are linked; none begins a trace. Left out, it is a part of what runs now.
   */
  readonly from?: readonly (string | undefined)[];
}

/** What is done together goes on with every piece of it, and not with the one that happened to begin it. */
export function fromEach(
  pieces: readonly { readonly traceparent: string | undefined }[],
): readonly (string | undefined)[] {
  return pieces.map(({ traceparent }) => traceparent);
}

/** A span whose work is no promise. */
export interface OpenSpan extends Span {
  /** Runs the work, and all that it starts, within the span. */
  run<T>(work: () => T): T;
  end(error?: unknown): void;
}

/** What a log line says of the work that it was written in. */
export interface TraceFields {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly tenantId?: string;
}

/**
 * Follows work through this process and from one process to the next. Without a recorder nothing is kept, and what came
 * from outside is handed on as it came.
 */
export interface Traces {
  /** Runs the work within a span, which ends with it. */
  span<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  open(name: string, options: SpanOptions): OpenSpan;
  /** The `traceparent` of what runs now. */
  current(): string | undefined;
  /** Says whose work it is that runs now, for its log lines. */
  setTenant(tenantId: string): void;
  fields(): TraceFields;
  /** From now on spans go there. */
  recordBy(recorder: SpanRecorder): void;
}

/** More pieces than that go on in one without a link of their own. */
export const linksMax = 64;

interface Running {
  readonly context: TraceContext;
  tenantId: string | undefined;
}

const noAttributes: SpanAttributes = {};
const unrecorded: Span & { end: () => void } = {
  set: () => undefined,
  rename: () => undefined,
  end: () => undefined,
};

export function createTraces(): Traces {
  const storage = new AsyncLocalStorage<Running>();
  let recorder: SpanRecorder | undefined;

  function originsOf({ from }: SpanOptions): readonly TraceContext[] {
    const running = storage.getStore();
    if (from === undefined) return running === undefined ? [] : [running.context];
    const texts = [...new Set(from)].slice(0, linksMax + 1);
    return texts.map(parseTraceparent).filter((context) => context !== undefined);
  }

  function open(name: string, options: SpanOptions): OpenSpan {
    const [parent, ...links] = originsOf(options);
    const { kind, attributes = noAttributes } = options;
    const recorded = recorder?.start(name, { kind, attributes, parent, links });
    const running: Running = {
      context: recorded?.context ?? parent ?? beginTrace(),
      tenantId: options.from === undefined ? storage.getStore()?.tenantId : undefined,
    };
    const { set, rename, end } = recorded ?? unrecorded;
    return { set, rename, end, run: (work) => storage.run(running, work) };
  }

  return {
    open,
    async span(name, options, work) {
      const opened = open(name, options);
      try {
        const result = await opened.run(() => work(opened));
        opened.end();
        return result;
      } catch (error) {
        opened.end(error);
        throw error;
      }
    },
    current() {
      const running = storage.getStore();
      return running === undefined ? undefined : formatTraceparent(running.context);
    },
    setTenant(tenantId) {
      const running = storage.getStore();
      if (running !== undefined) running.tenantId = tenantId;
    },
    fields() {
      const running = storage.getStore();
      if (running === undefined) return {};
      const { context, tenantId } = running;
      const { traceId, spanId } = context;
      return tenantId === undefined ? { traceId, spanId } : { traceId, spanId, tenantId };
    },
    recordBy(to) {
      recorder = to;
    },
  };
}
