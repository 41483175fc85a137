import type { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { brandingRequestSchema, brandingSchema } from '@coditect/contracts';
import { json, refused, type Security } from './openapi-parts.js';

const path = '/v1/branding';

/** Branding of reports, in the OpenAPI document. */
export function describeBranding(registry: OpenAPIRegistry, security: Security): void {
  registry.registerPath({
    method: 'get',
    path,
    summary: 'Colour and logo of the reports (scope `report`)',
    security,
    responses: { 200: json(brandingSchema, 'Nulls where there is none.'), ...refused(401, 403, 503) },
  });
  registry.registerPath({
    method: 'put',
    path,
    summary: 'Replaces colour and logo of the reports (scope `admin`)',
    security,
    request: { body: { required: true, content: { 'application/json': { schema: brandingRequestSchema } } } },
    responses: {
      200: json(brandingSchema, 'As it is now.'),
      ...refused(400, 401, 403, 404, 413, 422, 503),
    },
  });
  registry.registerPath({
    method: 'delete',
    path,
    summary: 'Removes colour and logo (scope `admin`)',
    security,
    responses: { 204: { description: 'It is gone.' }, ...refused(401, 403, 503) },
  });
}
