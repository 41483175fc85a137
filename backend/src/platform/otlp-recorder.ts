import {
  ROOT_CONTEXT,
  SpanKind as OtelKind,
  SpanStatusCode,
  TraceFlags,
  trace,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  TraceIdRatioBasedSampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { AppError } from './errors.js';
import type { TraceContext } from './trace-context.js';
import { linksMax, type SpanKind, type SpanRecorder } from './traces.js';

export interface OtlpRecorderOptions {
  /** Base address of the receiver: spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Share of the traces that is recorded. By the trace's id, so that every process decides alike. */
  readonly sampleRatio: number;
  readonly service: string;
  readonly version: string;
  /** Told of spans that did not get there. */
  readonly onLost: (spans: number, error: Error | undefined) => void;
  /** How long spans wait for others to travel with. */
  readonly delayMs?: number;
}

export interface OtlpRecorder extends SpanRecorder {
  /** Sends what waits. Never rejects. */
  close(): Promise<void>;
}

const kinds = {
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
  internal: OtelKind.INTERNAL,
} as const satisfies Record<SpanKind, OtelKind>;

const delayMsDefault = 2_000;
const sendTimeoutMs = 5_000;

/** Sends spans to a receiver of OTLP over HTTP, in batches. Nothing waits for it, and what it can't take is lost, counted. */
export function createOtlpRecorder(options: OtlpRecorderOptions): OtlpRecorder {
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...options.headers },
    timeoutMillis: sendTimeoutMs,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.service,
      'service.namespace': 'coditect',
      'service.version': options.version,
    }),
    sampler: new TraceIdRatioBasedSampler(options.sampleRatio),
    spanLimits: { linkCountLimit: linksMax },
    spanProcessors: [
      new BatchSpanProcessor(countLost(exporter, options.onLost), {
        scheduledDelayMillis: options.delayMs ?? delayMsDefault,
        exportTimeoutMillis: sendTimeoutMs,
      }),
    ],
  });
  const tracer = provider.getTracer('coditect', options.version);

  return {
    start(name, { attributes, kind, links, parent }) {
      const context =
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, toOtel(parent));
      const span = tracer.startSpan(
        name,
        {
          kind: kinds[kind],
          attributes: { ...attributes },
          links: links.map((link) => ({ context: toOtel(link) })),
        },
        context,
      );
      const { spanId, traceFlags, traceId } = span.spanContext();
      return {
        context: { traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
        set: (more) => void span.setAttributes({ ...more }),
        rename: (better) => void span.updateName(better),
        end(error) {
          if (error !== undefined) {
            span.setAttribute('error.type', codeOf(error));
            span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) });
          }
          span.end();
        },
      };
    },
    // What does not get there is told already, and is no reason for a process to end badly.
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/** The code alone: what an engine says of a row may quote it. */
function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

function toOtel({ isSampled, spanId, traceId }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

function countLost(exporter: SpanExporter, onLost: OtlpRecorderOptions['onLost']): SpanExporter {
  const sent = 0;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (Number(result.code) !== sent) onLost(spans.length, result.error);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
