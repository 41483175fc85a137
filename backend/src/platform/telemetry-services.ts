import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Of the services: what they are asked, what they remember, and the engines they stand on. */
export interface ServiceTelemetry {
  readonly httpDuration: Histogram<'service' | 'method' | 'route' | 'status'>;
  readonly httpInFlight: Gauge<'service'>;
  readonly engineUp: Gauge<'engine'>;
  readonly engineDuration: Histogram<'engine' | 'operation' | 'outcome'>;
  readonly limited: Counter<'limit'>;
  readonly answerCache: Counter<'outcome'>;
  readonly answerCacheBytes: Gauge;
  readonly liveStreams: Gauge;
  readonly liveQuestions: Gauge;
}

export function createServiceTelemetry(registers: Registry[]): ServiceTelemetry {
  return { ...createRequestTelemetry(registers), ...createAnswerTelemetry(registers) };
}

function createRequestTelemetry(
  registers: Registry[],
): Pick<ServiceTelemetry, 'httpDuration' | 'httpInFlight' | 'engineUp' | 'engineDuration' | 'limited'> {
  return {
    httpDuration: new Histogram({
      name: 'coditect_http_request_duration_seconds',
      help: 'Time to answer a request. Its count is the number of requests, by status that of errors.',
      labelNames: ['service', 'method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
    httpInFlight: new Gauge({
      name: 'coditect_http_requests_in_flight',
      help: 'Requests that have no answer yet, open streams among them.',
      labelNames: ['service'],
      registers,
    }),
    engineUp: new Gauge({
      name: 'coditect_engine_up',
      help: 'Whether an engine that this process needs answers: 1, or 0 when it fails or takes too long.',
      labelNames: ['engine'],
      registers,
    }),
    engineDuration: new Histogram({
      name: 'coditect_engine_request_duration_seconds',
      help: 'Time that an engine takes for what it is asked, by what became of it.',
      labelNames: ['engine', 'operation', 'outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    limited: new Counter({
      name: 'coditect_limited_total',
      help: 'Requests, messages and reports that were refused or put off because a tenant was over this limit of its own. The log names the tenant.',
      labelNames: ['limit'],
      registers,
    }),
  };
}

function createAnswerTelemetry(
  registers: Registry[],
): Pick<ServiceTelemetry, 'answerCache' | 'answerCacheBytes' | 'liveStreams' | 'liveQuestions'> {
  return {
    answerCache: new Counter({
      name: 'coditect_answer_cache_total',
      help: 'Questions that the cache of answers could take part in: hit, miss, or bypassed by who asked.',
      labelNames: ['outcome'],
      registers,
    }),
    answerCacheBytes: new Gauge({
      name: 'coditect_answer_cache_bytes',
      help: 'Memory that kept answers take.',
      registers,
    }),
    liveStreams: new Gauge({
      name: 'coditect_live_streams',
      help: 'Live answers that somebody listens to.',
      registers,
    }),
    liveQuestions: new Gauge({
      name: 'coditect_live_questions',
      help: 'Different questions among the live answers: each is asked again and again.',
      registers,
    }),
  };
}
