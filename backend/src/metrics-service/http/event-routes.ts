import { annotationQuerySchema, eventSearchSchema, eventVolumeQuerySchema } from '@coditect/contracts';
import express, { type Express, type Response } from 'express';
import { bytesOf, parseJsonBody, signalOf, type Gate } from '../../platform/http-requests.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { AnnotationAnswers } from '../annotations/annotation-answers.js';
import type { EventAnswers } from '../events/event-answers.js';
import { sendReply, wantsFresh } from './send-reply.js';

export interface EventRoutesOptions {
  readonly events: EventAnswers;
  readonly annotations: AnnotationAnswers;
  readonly bodyBytesMax: number;
}

/** Single events, how many there are, and what of them is worth a mark. Wants a key with the scope `read`. */
export function mountEventRoutes(app: Express, gate: Gate, options: EventRoutesOptions): void {
  const { events, annotations } = options;
  const read = gate.require('read');
  const body = express.raw({ type: () => true, limit: options.bodyBytesMax });
  const tenantIn = (response: Response): Tenant => gate.principalOf(response).tenant;

  app.post('/v1/events/search', read, body, async (request, response) => {
    const question = parseJsonBody(eventSearchSchema, bytesOf(request));
    const found = await events.search(tenantIn(response), question, signalOf(response));
    response.set('cache-control', 'private, no-store').json(found);
  });
  app.post('/v1/events/volume', read, body, async (request, response) => {
    const query = parseJsonBody(eventVolumeQuerySchema, bytesOf(request));
    const asked = { query, isFresh: wantsFresh(request) };
    sendReply(response, await events.readVolume(tenantIn(response), asked, signalOf(response)));
  });
  app.post('/v1/annotations', read, body, async (request, response) => {
    const query = parseJsonBody(annotationQuerySchema, bytesOf(request));
    const asked = { query, isFresh: wantsFresh(request) };
    sendReply(response, await annotations.readAnnotations(tenantIn(response), asked, signalOf(response)));
  });
}
