import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { errorBodySchema, ingestAnswerSchema } from '@coditect/contracts';
import { z } from 'zod';
import { githubMediaTypes } from './github/parse-payload.js';
import { registerDeadLetters } from './describe-dead-letters.js';
import { eventMediaTypes } from './http/parse-events.js';

const text = z.string().min(1);

const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: text.max(512),
  source: text.max(1_024),
  type: text.max(256),
  time: z.iso.datetime({ offset: true }).optional(),
  subject: text.max(1_024).optional(),
  datacontenttype: z.string().optional(),
  data: z.unknown().optional(),
});

const exportRequestSchema = z.looseObject({ resourceLogs: z.array(z.unknown()).optional() });
const exportResponseSchema = z.object({
  partialSuccess: z.object({ rejectedLogRecords: z.string(), errorMessage: z.string() }).optional(),
});
const statusSchema = z.object({ code: z.int(), message: z.string() });
const binarySchema = z.string().meta({ format: 'binary' });

const refusals: Readonly<Record<number, string>> = {
  400: 'The request, or every event in it, can not be understood.',
  401: 'The key is missing, unknown or revoked.',
  403: 'The key may not send events.',
  413: 'The body or the batch is too large.',
  415: 'The content type or the encoding is not supported.',
  429: 'Too much is under way. Send the same request again after `Retry-After` seconds.',
  503: 'Nothing was promised. Send the same request again after `Retry-After` seconds.',
};

/** The OpenAPI 3.1 document of the collector, generated from the schemas. */
export function createOpenApiDocument(version: string): object {
  const registry = new OpenAPIRegistry();
  const key = registry.registerComponent('securitySchemes', 'ingestKey', { type: 'http', scheme: 'bearer' });
  const adminKey = registry.registerComponent('securitySchemes', 'adminKey', {
    type: 'http',
    scheme: 'bearer',
  });
  registerEvents(registry, [{ [key.name]: [] }]);
  registerLogs(registry, [{ [key.name]: [] }]);
  registerGithub(registry);
  registerDeadLetters(registry, [{ [adminKey.name]: [] }]);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'CODITECT Analytics collector', version },
  });
}

type Security = Record<string, string[]>[];

function registerEvents(registry: OpenAPIRegistry, security: Security): void {
  const event = cloudEventSchema.meta({ id: 'CloudEvent' });
  const answer = ingestAnswerSchema.meta({ id: 'IngestAnswer' });
  const error = errorBodySchema.meta({ id: 'Error' });
  const schemas: Readonly<Record<(typeof eventMediaTypes)[number], z.ZodType>> = {
    'application/cloudevents+json': event,
    'application/cloudevents-batch+json': z.array(event),
    'application/json': z.union([event, z.array(event)]),
    'application/x-ndjson': z.string(),
  };
  registry.registerPath({
    method: 'post',
    path: '/v1/events',
    summary: 'Takes CloudEvents: one, a batch, NDJSON, or in binary mode with ce- headers.',
    security,
    request: { body: { content: contentOf((type) => schemas[type]) } },
    responses: {
      202: {
        description: 'At least one event is stored.',
        content: { 'application/json': { schema: answer } },
      },
      ...refusalsAs(error),
    },
  });
}

function contentOf(
  schemaOf: (mediaType: (typeof eventMediaTypes)[number]) => z.ZodType,
): Record<string, { schema: z.ZodType }> {
  return Object.fromEntries(eventMediaTypes.map((type) => [type, { schema: schemaOf(type) }]));
}

function registerLogs(registry: OpenAPIRegistry, security: Security): void {
  const request = exportRequestSchema.meta({ id: 'ExportLogsServiceRequest' });
  const response = exportResponseSchema.meta({ id: 'ExportLogsServiceResponse' });
  const status = statusSchema.meta({ id: 'Status' });
  const protobuf = { 'application/x-protobuf': { schema: binarySchema } };
  registry.registerPath({
    method: 'post',
    path: '/v1/logs',
    summary: 'Takes OpenTelemetry logs, OTLP/HTTP as JSON or protobuf.',
    security,
    request: { body: { content: { 'application/json': { schema: request }, ...protobuf } } },
    responses: {
      200: {
        description: 'Stored; `partialSuccess` counts what was refused.',
        content: { 'application/json': { schema: response }, ...protobuf },
      },
      ...refusalsAs(status),
    },
  });
}

/** No key: a delivery is proven by its signature. */
function registerGithub(registry: OpenAPIRegistry): void {
  const { 403: _noKey, ...others } = refusalsAs(errorBodySchema.meta({ id: 'Error' }));
  const answer = z.object({ accepted: z.literal(0), ignored: z.string() }).meta({ id: 'IgnoredWebhook' });
  const json = { 'application/json': { schema: z.union([ingestAnswerSchema, answer]) } };
  registry.registerPath({
    method: 'post',
    path: '/v1/webhooks/github/{webhookId}',
    summary: 'Takes a webhook of GitHub, signed with the secret of the webhook.',
    request: {
      params: z.object({ webhookId: text }),
      headers: z.object({ 'x-hub-signature-256': text, 'x-github-event': text }),
      body: {
        content: Object.fromEntries(githubMediaTypes.map((type) => [type, { schema: z.looseObject({}) }])),
      },
    },
    responses: {
      200: { description: 'A ping was understood.', content: { 'application/json': { schema: answer } } },
      202: { description: 'Stored, or understood and of no use here: `ignored` says why.', content: json },
      ...others,
      401: { ...others[401], description: 'The webhook is not known, or the signature is not its own.' },
    },
  });
}

function refusalsAs(
  schema: z.ZodType,
): Record<string, { description: string; content: Record<string, { schema: z.ZodType }> }> {
  return Object.fromEntries(
    Object.entries(refusals).map(([code, description]) => [
      code,
      { description, content: { 'application/json': { schema } } },
    ]),
  );
}
