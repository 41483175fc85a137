import express, { type Express } from 'express';
import { bytesOf, signalOf, type Gate } from '../../platform/http-requests.js';
import type { Analyses } from '../analyses/answer-analysis.js';
import { sendReply, wantsFresh } from './send-reply.js';

/** Wants a key with the scope `read`; its tenant is whose users are looked at. */
export function mountAnalysisRoutes(
  app: Express,
  gate: Gate,
  { analyses, bodyBytesMax }: { readonly analyses: Analyses; readonly bodyBytesMax: number },
): void {
  app.post(
    '/v1/analyses/:kind',
    gate.require('read'),
    express.raw({ type: () => true, limit: bodyBytesMax }),
    async (request, response) => {
      const asked = {
        kind: String(request.params['kind']),
        body: bytesOf(request),
        isFresh: wantsFresh(request),
      };
      const { tenant } = gate.principalOf(response);
      sendReply(response, await analyses.answer(tenant, asked, signalOf(response)));
    },
  );
}
