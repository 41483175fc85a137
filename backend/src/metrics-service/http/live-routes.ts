import { liveQuerySchema } from '@coditect/contracts';
import express, { type Express } from 'express';
import { nameUser, type ReadGrafanaUser } from '../../platform/grafana-user.js';
import { bytesOf, parseJsonBody, type Gate } from '../../platform/http-requests.js';
import type { LiveStreams } from '../live/live-streams.js';

export interface LiveRoutesOptions {
  readonly live: LiveStreams;
  readonly readUser: ReadGrafanaUser;
  readonly bodyBytesMax: number;
}

/** Answers that are told as they change. Wants a key with the scope `read`, and that whoever asks stays allowed to. */
export function mountLiveRoutes(
  app: Express,
  gate: Gate,
  { live, bodyBytesMax, readUser }: LiveRoutesOptions,
): void {
  app.post(
    '/v1/query/live',
    gate.require('read'),
    express.raw({ type: () => true, limit: bodyBytesMax }),
    async (request, response) => {
      const question = parseJsonBody(liveQuerySchema, bytesOf(request));
      const { tenant } = gate.principalOf(response);
      const checkAllowed = async (): Promise<void> => {
        await nameUser(request, readUser);
        await gate.checkAgain('read', { request, response });
      };
      await live.open({ tenant, question, checkAllowed, response });
    },
  );
}
