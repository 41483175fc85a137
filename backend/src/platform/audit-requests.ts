import type { Request, RequestHandler, Response } from 'express';
import type { AuditAction, AuditActor, Deed } from './audit.js';
import type { AuditTrail } from './audit-trail.js';
import { grafanaUserOf } from './grafana-user.js';
import type { Principal } from './tenancy.js';

/** The holder of a key, and the user on whose behalf Grafana asks. */
function actorOf(request: Request, { keyId }: Pick<Principal, 'keyId'>): AuditActor {
  const user = grafanaUserOf(request);
  return {
    kind: 'key',
    keyId,
    ...(user !== undefined && { user: user.name }),
    ...(user?.isVerified === true && { isUserVerified: true }),
  };
}

/** Writes down that somebody is about to change something, waits for that, and sees to it that its end is written too. */
export async function recordChange(
  trail: AuditTrail,
  action: AuditAction,
  principal: Principal,
  { request, response }: { readonly request: Request; readonly response: Response },
): Promise<void> {
  const named = Object.values(request.params).join('/');
  const deed: Deed = {
    tenantId: principal.tenant.id,
    actor: actorOf(request, principal),
    action,
    ...(named !== '' && { target: named }),
  };
  await trail.begin(deed);
  if (response.closed) {
    endChange(trail, deed, response);
    return;
  }
  response.once('close', () => {
    endChange(trail, deed, response);
  });
}

/** Of whom was gone before the answer nobody knows whether it was done. */
function endChange(trail: AuditTrail, deed: Deed, response: Response): void {
  const { statusCode: status, writableFinished: isAnswered } = response;
  // What was made is named by where it is now.
  const made = response.get('location')?.split('/').at(-1);
  const target = deed.target ?? made;
  trail.end(
    { ...deed, ...(target !== undefined && { target }), details: isAnswered ? { status } : { isAnswered } },
    isAnswered && status < 400 ? 'done' : 'failed',
  );
}

/** Counts what each holder of a key was answered, for the summary. To stand before the routes. */
export function countAnswers(
  trail: AuditTrail,
  findPrincipal: (response: Response) => Principal | undefined,
): RequestHandler {
  return (request, response, next) => {
    response.once('close', () => {
      const principal = findPrincipal(response);
      if (principal === undefined) return;
      // The first two steps of a path name the question; what follows may be anything.
      const what = `${request.method} ${request.path.split('/').slice(0, 3).join('/')}`;
      const actor = actorOf(request, principal);
      const isRefused = response.statusCode >= 400;
      trail.countAnswer({ tenantId: principal.tenant.id, actor, what, isRefused });
    });
    next();
  };
}
