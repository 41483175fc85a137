import { createOpenApiDocument } from './openapi.js';

describe('createOpenApiDocument', () => {
  it('describes every way in, with every content type and every refusal', () => {
    const document = JSON.parse(JSON.stringify(createOpenApiDocument('1.2.3'))) as {
      openapi: string;
      paths: Record<string, { post: { requestBody: { content: object }; responses: object } }>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual([
      '/v1/events',
      '/v1/logs',
      '/v1/webhooks/github/{webhookId}',
      '/v1/dead-letters',
      '/v1/dead-letters/{id}',
      '/v1/dead-letters/replay',
      '/v1/dead-letters/{id}/replay',
    ]);
    const events = document.paths['/v1/events']?.post;
    expect(Object.keys(events?.requestBody.content ?? {})).toEqual([
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
      'application/json',
      'application/x-ndjson',
    ]);
    expect(Object.keys(events?.responses ?? {})).toEqual([
      '202',
      '400',
      '401',
      '403',
      '413',
      '415',
      '429',
      '503',
    ]);
    expect(Object.keys(document.paths['/v1/logs']?.post.requestBody.content ?? {})).toEqual([
      'application/json',
      'application/x-protobuf',
    ]);
  });
});
