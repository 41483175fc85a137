import type { Express } from 'express';
import { parseParameters, parseReplayBody } from '../platform/dead-letter-requests.js';
import { letterQuerySchema, letterTenantSchema, replayLetterSchema, replayLettersSchema } from './api.js';
import type { Operations } from './operations.js';

/** The operator's view of dead letters: of one tenant, or of all and of nobody. */
export function mountDeadLetters(app: Express, operations: Operations): void {
  app.get('/admin/v1/dead-letters', async (request, response) => {
    response.json(await operations.listDeadLetters(parseParameters(letterQuerySchema, request.query)));
  });
  app.get('/admin/v1/dead-letters/:id', async (request, response) => {
    const options = parseParameters(letterTenantSchema, request.query);
    response.json(await operations.getDeadLetter(request.params.id, options));
  });
  app.post('/admin/v1/dead-letters/replay', async (request, response) => {
    const query = parseReplayBody(replayLettersSchema, request.body);
    response.json(await operations.replayDeadLetters(query));
  });
  app.post('/admin/v1/dead-letters/:id/replay', async (request, response) => {
    const options = parseReplayBody(replayLetterSchema, request.body);
    response.json(await operations.replayDeadLetter(request.params.id, options));
  });
}
