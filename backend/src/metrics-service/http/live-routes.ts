import { liveQuerySchema } from '@coditect/contracts';
import express, { type Express } from 'express';
import { bytesOf, parseJsonBody, type Gate } from '../../platform/http-requests.js';
import type { LiveStreams } from '../live/live-streams.js';

/** Answers that are told as they change. Wants a key with the scope `read`, and that it stays good. */
export function mountLiveRoutes(
  app: Express,
  gate: Gate,
  { live, bodyBytesMax }: { readonly live: LiveStreams; readonly bodyBytesMax: number },
): void {
  app.post(
    '/v1/query/live',
    gate.require('read'),
    express.raw({ type: () => true, limit: bodyBytesMax }),
    async (request, response) => {
      const question = parseJsonBody(liveQuerySchema, bytesOf(request));
      const { tenant } = gate.principalOf(response);
      const { authorization } = request.headers;
      await live.open({ tenant, question, authorization, response });
    },
  );
}
