import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import {
  brandingRequestSchema,
  brandingSchema,
  budgetSchema,
  errorBodySchema,
  goalsSchema,
  seatPriceSchema,
  storedGoalsSchema,
  targetSchema,
} from '@coditect/contracts';
import { z } from 'zod';
import { auditPageSchema, auditVerificationSchema } from '../platform/audit.js';
import { backupRunSchema } from '../platform/backups.js';
import { deadLetterPageSchema, deadLetterViewSchema, replayReportSchema } from '../platform/dead-letters.js';
import { redactionRequestSchema, redactionSchema } from '../platform/redaction.js';
import { rollupReportSchema, rollupRequestSchema } from '../platform/rollup-requests.js';
import { ownLimitsSchema } from '../platform/tenant-limits.js';
import { subjectJobSchema } from '../platform/subjects.js';
import {
  createdKeySchema,
  createdWebhookSchema,
  createKeySchema,
  createTenantSchema,
  createWebhookSchema,
  importReceiptSchema,
  importSchema,
  keySchema,
  migrationSchema,
  minGroupSizeSchema,
  replayLetterSchema,
  replayLettersSchema,
  rotateKeySchema,
  setMinGroupSizeSchema,
  statusSchema,
  tenantSchema,
  verificationSchema,
  verifyAuditSchema,
  webhookSchema,
} from './api.js';
import { startBackupSchema } from './backup-operations.js';
import { limitsAnswerSchema } from './limit-operations.js';
import { usageOfTenantSchema } from '../platform/usage-of-tenant.js';
import {
  eraseSubjectSchema,
  subjectPageSchema,
  subjectRecordsSchema,
  subjectSchema,
} from '../platform/subject-requests.js';
import { putUserSchema, tenantUsersSchema } from './user-operations.js';

interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
}

const routes: readonly Route[] = [
  { method: 'get', path: '/admin/v1/status', summary: 'Which instance this is.', answer: statusSchema },
  { method: 'get', path: '/admin/v1/tenants', summary: 'All tenants.', answer: z.array(tenantSchema) },
  {
    method: 'post',
    path: '/admin/v1/tenants',
    summary: 'Create a tenant.',
    body: createTenantSchema,
    answer: tenantSchema,
  },
  { method: 'get', path: '/admin/v1/tenants/{tenant}', summary: 'One tenant.', answer: tenantSchema },
  {
    method: 'get',
    path: '/admin/v1/tenants/{tenant}/branding',
    summary: "Colour and logo of a tenant's reports.",
    answer: brandingSchema,
  },
  {
    method: 'put',
    path: '/admin/v1/tenants/{tenant}/branding',
    summary: "Replace colour and logo of a tenant's reports.",
    body: brandingRequestSchema,
    answer: brandingSchema,
  },
  {
    method: 'delete',
    path: '/admin/v1/tenants/{tenant}/branding',
    summary: "Remove colour and logo of a tenant's reports.",
    answer: brandingSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/tenants/{tenant}/goals',
    summary: "A tenant's targets, budgets and prices of seats, by where they come from.",
    answer: storedGoalsSchema,
  },
  {
    method: 'put',
    path: '/admin/v1/tenants/{tenant}/goals',
    summary: "Replace a tenant's goals that came from no file.",
    body: goalsSchema,
    answer: storedGoalsSchema,
  },
  {
    method: 'put',
    path: '/admin/v1/tenants/{tenant}/goals/{kind}/{name}',
    summary: 'Add a goal, or replace the one of this name.',
    body: z.union([targetSchema, budgetSchema, seatPriceSchema]),
    answer: storedGoalsSchema,
  },
  {
    method: 'delete',
    path: '/admin/v1/tenants/{tenant}/goals/{kind}/{name}',
    summary: 'Remove a goal that came from no file.',
    answer: storedGoalsSchema,
  },
  {
    method: 'put',
    path: '/admin/v1/tenants/{tenant}/min-group-size',
    summary: 'Fewest people of whom parts of the tenant are told.',
    body: setMinGroupSizeSchema,
    answer: minGroupSizeSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/tenants/{tenant}/limits',
    summary: 'How much a tenant may do.',
    answer: limitsAnswerSchema,
  },
  {
    method: 'put',
    path: '/admin/v1/tenants/{tenant}/limits',
    summary: 'Replace the limits that were set for this tenant alone.',
    body: ownLimitsSchema,
    answer: limitsAnswerSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/tenants/{tenant}/redaction',
    summary: 'Fields of events that the tenant does not want as they are.',
    answer: redactionSchema,
  },
  {
    method: 'put',
    path: '/admin/v1/tenants/{tenant}/redaction',
    summary: 'Replace all rules about fields of events.',
    body: redactionRequestSchema,
    answer: redactionSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/tenants/{tenant}/users',
    summary: 'Users of a tenant who were given a role.',
    answer: tenantUsersSchema,
  },
  {
    method: 'put',
    path: '/admin/v1/tenants/{tenant}/users/{user}',
    summary: "Give a user, by the login that Grafana signs, a role. It goes before Grafana's own.",
    body: putUserSchema,
    answer: tenantUsersSchema,
  },
  {
    method: 'delete',
    path: '/admin/v1/tenants/{tenant}/users/{user}',
    summary: "Take a user's role away: Grafana's own counts.",
    answer: tenantUsersSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/tenants/{tenant}/usage',
    summary: 'What a tenant has used in the last month, by day.',
    answer: usageOfTenantSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/tenants/{tenant}/verification',
    summary: 'Raw events against every aggregate.',
    answer: verificationSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/rollups',
    summary: 'Roll days up anew from what has landed.',
    body: rollupRequestSchema,
    answer: rollupReportSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/audit',
    summary: 'Who did what, the newest first: in the chain of a tenant, or in that of the platform.',
    answer: auditPageSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/audit/verify',
    summary: 'Whether every entry of a chain follows the one before it.',
    body: verifyAuditSchema,
    answer: auditVerificationSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/keys',
    summary: 'Keys, of one tenant or of all.',
    answer: z.array(keySchema),
  },
  {
    method: 'post',
    path: '/admin/v1/keys',
    summary: 'Create a key. It is in this answer and never again.',
    body: createKeySchema,
    answer: createdKeySchema,
  },
  {
    method: 'post',
    path: '/admin/v1/keys/{id}/rotate',
    summary: 'Create a key for the same; this one ends after the overlap.',
    body: rotateKeySchema,
    answer: createdKeySchema,
  },
  { method: 'post', path: '/admin/v1/keys/{id}/revoke', summary: 'Revoke a key.', answer: keySchema },
  {
    method: 'get',
    path: '/admin/v1/webhooks',
    summary: 'Webhooks, of one tenant or of all.',
    answer: z.array(webhookSchema),
  },
  {
    method: 'post',
    path: '/admin/v1/webhooks',
    summary: 'Create a webhook. Its secret is in this answer and in no other one.',
    body: createWebhookSchema,
    answer: createdWebhookSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/webhooks/{id}/revoke',
    summary: 'Revoke a webhook.',
    answer: webhookSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/import',
    summary: 'Take in a chunk of events.',
    body: importSchema,
    answer: importReceiptSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/dead-letters',
    summary: 'Messages that were given up on, of one tenant or of all.',
    answer: deadLetterPageSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/dead-letters/{id}',
    summary: 'One letter, with its first events.',
    answer: deadLetterViewSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/dead-letters/replay',
    summary: 'Feed waiting letters through again. A dry run unless told otherwise.',
    body: replayLettersSchema,
    answer: replayReportSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/dead-letters/{id}/replay',
    summary: 'Feed one letter through again. A dry run unless told otherwise.',
    body: replayLetterSchema,
    answer: replayReportSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/backups',
    summary: 'Begin to write everything to a new folder of this machine. Where all stores are embedded.',
    body: startBackupSchema,
    answer: backupRunSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/backups/last',
    summary: 'How the last backup since the start is going, or went.',
    answer: backupRunSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/subjects/erase',
    summary: 'Take nothing more of a person in, and begin to take them out of every store.',
    body: eraseSubjectSchema,
    answer: subjectJobSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/subjects/opt-out',
    summary: 'Take nothing more of a person in.',
    body: subjectSchema,
    answer: subjectJobSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/subjects/opt-in',
    summary: 'Take a person in again.',
    body: subjectSchema,
    answer: subjectJobSchema,
  },
  {
    method: 'post',
    path: '/admin/v1/subjects/records',
    summary: 'Everything that is kept of a person, a page at a time.',
    body: subjectRecordsSchema,
    answer: subjectPageSchema,
  },
  {
    method: 'get',
    path: '/admin/v1/subjects/jobs',
    summary: 'What was done about people, of one tenant or of all.',
    answer: z.array(subjectJobSchema),
  },
  {
    method: 'get',
    path: '/admin/v1/subjects/jobs/{id}',
    summary: 'How one of these is going, or went, with the proof of an erasure.',
    answer: subjectJobSchema,
  },
  { method: 'get', path: '/admin/v1/migrations', summary: 'Migrations.', answer: z.array(migrationSchema) },
];

/** The OpenAPI 3.1 document of the admin endpoint. */
export function createOpenApiDocument(version: string): object {
  const registry = new OpenAPIRegistry();
  const token = registry.registerComponent('securitySchemes', 'adminToken', {
    type: 'http',
    scheme: 'bearer',
  });
  for (const { method, path, summary, body, answer } of routes) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
    const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
    registry.registerPath({
      method,
      path,
      summary,
      security: [{ [token.name]: [] }],
      request: {
        ...(names.length > 0 && { params }),
        ...(body !== undefined && { body: { content: { 'application/json': { schema: body } } } }),
      },
      responses: {
        200: { description: 'Done.', content: { 'application/json': { schema: answer } } },
        default: { description: 'Refused.', content: { 'application/json': { schema: errorBodySchema } } },
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'CODITECT Analytics admin endpoint', version },
  });
}
