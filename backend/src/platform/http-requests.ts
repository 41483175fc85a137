import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { AuditAction } from './audit.js';
import { recordChange } from './audit-requests.js';
import type { AuditTrail } from './audit-trail.js';
import { AppError } from './errors.js';
import { limitOf, schemaWords, sentenceOf } from './schema-words.js';
import { grafanaUserOf } from './grafana-user.js';
import type { Authenticator, Principal, Scope } from './tenancy.js';
import { leastRole, requireRole, type ReadUserRole } from './user-roles.js';

/** One step of an RFC 6901 pointer. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * Lets those in who have a key with the scope, and remembers who they are. Whom Grafana has verified needs the role for it
 * as well: 403 `role_missing`.
 */
export interface Gate {
  /** To stand before the body is read, so that a stranger can't make us read one. */
  require(scope: Scope): RequestHandler;
  /** The same for what changes or hands something out: written to the audit log before it is done, and how it ended. */
  change(scope: Scope, action: AuditAction): RequestHandler;
  /** Of a request that is still being answered: throws what would refuse it if it came now. */
  checkAgain(scope: Scope, asked: LetIn): Promise<void>;
  /** Of a request that was let in. */
  principalOf(response: Response): Principal;
  /** `undefined` where nobody was let in. */
  findPrincipal(response: Response): Principal | undefined;
}

interface LetIn {
  readonly request: Request;
  readonly response: Response;
}

export interface GateOptions {
  /** Without it nothing is written of what is changed. */
  readonly trail?: AuditTrail | undefined;
  /** Without it users may do what the key may. */
  readonly readRole?: ReadUserRole | undefined;
}

export function createGate(authenticator: Authenticator, { readRole, trail }: GateOptions = {}): Gate {
  const principals = new WeakMap<Response, Principal>();
  async function letIn({ request, response }: LetIn, scope: Scope, action?: AuditAction): Promise<Principal> {
    const principal = await authenticator.authenticate(request.headers.authorization, scope);
    principals.set(response, principal);
    const user = grafanaUserOf(request);
    if (readRole !== undefined && user?.isVerified === true)
      await requireRole(readRole, principal.tenant.id, { least: leastRole(scope, action), user });
    return principal;
  }
  return {
    require: (scope) => async (request, response, next) => {
      await letIn({ request, response }, scope);
      next();
    },
    change: (scope, action) => async (request, response, next) => {
      const principal = await letIn({ request, response }, scope, action);
      if (trail !== undefined) await recordChange(trail, action, principal, { request, response });
      next();
    },
    async checkAgain(scope, asked) {
      await letIn(asked, scope);
    },
    principalOf(response) {
      const principal = principals.get(response);
      if (principal === undefined) throw new Error('a route answers without asking for a key');
      return principal;
    },
    findPrincipal: (response) => principals.get(response),
  };
}

/** The bytes that `express.raw` has read; none where there was no body. */
export function bytesOf(request: Request): Buffer {
  const body: unknown = request.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** Reads a body. Throws 400 `body_not_json` or `body_invalid` with the pointer of the first mistake. */
export function parseJsonBody<T>(schema: z.ZodType<T>, body: Buffer): T {
  const result = schema.safeParse(parseJson(body), schemaWords);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path =
    issue?.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : (issue?.path ?? []);
  const reason = sentenceOf(issue) ?? 'The body is not what is asked for.';
  throw new AppError('body_invalid', reason, { status: 400, pointer: pointerOf(path), ...limitOf(issue) });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (cause) {
    throw new AppError('body_not_json', 'The body is not JSON in UTF-8.', {
      status: 400,
      pointer: '',
      cause,
    });
  }
}

/** Reads the parameters of an address. Throws 400 `parameter_invalid`, the pointer naming the parameter. */
export function parseParameters<T>(schema: z.ZodType<T>, query: unknown): T {
  const result = schema.safeParse(query, schemaWords);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const reason = sentenceOf(issue) ?? 'A parameter is not valid.';
  throw new AppError('parameter_invalid', reason, {
    status: 400,
    pointer: pointerOf(issue?.path ?? []),
    ...limitOf(issue),
  });
}

/** Fires when the client goes away before its answer is complete. */
export function signalOf(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

const httpErrorSchema = z.object({
  status: z.int().min(400).max(499),
  type: z.string().optional(),
  limit: z.int().optional(),
});

/** What Express and its body reader refuse (too large, bad encoding, bad percent-escape) is the client's mistake. */
export function foreseeHttpErrors(): ErrorRequestHandler {
  return (error: unknown, _request, _response, next) => {
    const known = error instanceof AppError ? undefined : httpErrorSchema.safeParse(error).data;
    if (known === undefined) next(error);
    else next(toAppError(known, error));
  };
}

function toAppError(known: z.infer<typeof httpErrorSchema>, cause: unknown): AppError {
  switch (known.type) {
    case 'entity.too.large':
      return bodyTooLarge(known.limit ?? 0, cause);
    case 'encoding.unsupported': {
      const reason = 'The body may be plain or compressed with gzip, deflate or br.';
      return new AppError('encoding_unsupported', reason, { status: 415, cause });
    }
    default:
      return new AppError('request_invalid', 'The request is not well formed.', {
        status: known.status,
        cause,
      });
  }
}

export function bodyTooLarge(limit: number, cause?: unknown): AppError {
  const reason = `A body has at most ${limit} bytes.`;
  return new AppError('body_too_large', reason, { status: 413, pointer: '', limit, cause });
}
