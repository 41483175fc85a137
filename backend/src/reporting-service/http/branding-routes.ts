import { brandingRequestSchema } from '@coditect/contracts';
import express, { type Express, type Response } from 'express';
import type { BrandingSettings } from '../../platform/branding.js';
import { bytesOf, parseJsonBody, type Gate } from '../../platform/http-requests.js';

/** Roomy enough for the largest logo in base64. */
const bodyBytesMax = 1_048_576;

/** Looking wants a key with the scope `report`, changing one with `admin`; its tenant is whose branding is meant. */
export function mountBrandingRoutes(app: Express, gate: Gate, branding: BrandingSettings): void {
  const body = express.raw({ type: () => true, limit: bodyBytesMax });
  const change = gate.change('admin', 'branding.changed');
  const tenantIdIn = (response: Response): string => gate.principalOf(response).tenant.id;

  app.get('/v1/branding', gate.require('report'), async (_request, response) => {
    response.json(await branding.get(tenantIdIn(response)));
  });
  app.put('/v1/branding', change, body, async (request, response) => {
    const wanted = parseJsonBody(brandingRequestSchema, bytesOf(request));
    response.json(await branding.put(tenantIdIn(response), wanted));
  });
  app.delete('/v1/branding', change, async (_request, response) => {
    await branding.remove(tenantIdIn(response));
    response.status(204).end();
  });
}
