import { fraction, headerList, optional, serverUrl } from './config-variable.js';

/** Where spans go. The names are those of OpenTelemetry. */
export const tracingSection = {
  endpoint: optional(
    serverUrl('OTEL_EXPORTER_OTLP_ENDPOINT', {
      description:
        'Receiver of traces over OTLP/HTTP, such as `http://collector:4318`; `/v1/traces` is added to it.',
      protocols: ['http', 'https'],
    }),
    'no span is recorded; trace ids still travel and stand in the log',
  ),
  headers: optional(
    headerList('OTEL_EXPORTER_OTLP_HEADERS', {
      description: 'Headers for that receiver, where it wants a key. Values are percent-encoded.',
    }),
    'none',
  ),
  sampleRatio: fraction('OTEL_TRACES_SAMPLER_ARG', {
    description:
      'Share of the traces that is recorded, chosen by the id of the trace: give every role the same, or traces have holes.',
    fallback: 1,
  }),
} as const;
