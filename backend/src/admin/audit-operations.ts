import type {
  AuditAction,
  AuditLog,
  AuditPage,
  AuditQuery,
  AuditVerification,
  Deed,
  NotedHead,
} from '../platform/audit.js';
import type { AuditTrail } from '../platform/audit-trail.js';
import type { RedactionRule } from '../platform/redaction.js';
import type { DeadLetterReplays } from './dead-letter-operations.js';
import type { ControlOperations } from './operations.js';

/** A look at the audit log: at the chain of a tenant, by its id or by its name, or at that of the platform. */
export interface AuditOperations {
  listAudit(query: AuditQuery & { readonly tenant?: string | undefined }): Promise<AuditPage>;
  verifyAudit(options: {
    readonly tenant?: string | undefined;
    readonly noted?: NotedHead | undefined;
  }): Promise<AuditVerification>;
}

export function createAuditOperations(
  log: AuditLog,
  findId: (idOrName: string | undefined) => Promise<string | undefined>,
): AuditOperations {
  return {
    listAudit: async ({ tenant, ...query }) => log.list(await findId(tenant), query),
    verifyAudit: async ({ tenant, noted }) => log.verify(await findId(tenant), noted),
  };
}

/** The same operations; what changes something is in the audit log before it is done, and with how it ended. */
export function recordOperations(operations: ControlOperations, trail: AuditTrail): ControlOperations {
  function record<T>(
    tenantId: string | undefined,
    [action, target, details]: readonly [AuditAction, (string | undefined)?, Deed['details']?],
    work: () => Promise<T>,
    targetOf?: (result: T) => string,
  ): Promise<T> {
    const deed = { tenantId, actor: { kind: 'commandLine' }, action, target } as const;
    return trail.record(details === undefined ? deed : { ...deed, details }, work, targetOf);
  }
  const idOf = async (idOrName: string): Promise<string> => (await operations.getTenant(idOrName)).id;
  /** What nobody knows is tried in the chain of the platform. */
  const ownerOf = async (
    id: string,
    list: () => Promise<readonly { readonly id: string; readonly tenant: string }[]>,
  ): Promise<string | undefined> => (await list()).find((known) => known.id === id)?.tenant;
  const ownerOfKey = (id: string): Promise<string | undefined> => ownerOf(id, () => operations.listKeys());
  const ownerOfWebhook = (id: string): Promise<string | undefined> =>
    ownerOf(id, () => operations.listWebhooks());
  return {
    ...operations,
    createTenant: (name, options) =>
      record(undefined, ['tenant.created', name], () => operations.createTenant(name, options)),
    putBranding: async (tenant, wanted) =>
      record(await idOf(tenant), ['branding.changed'], () => operations.putBranding(tenant, wanted)),
    removeBranding: async (tenant) =>
      record(await idOf(tenant), ['branding.changed'], () => operations.removeBranding(tenant)),
    replaceGoals: async (tenant, goals) =>
      record(await idOf(tenant), ['goals.changed'], () => operations.replaceGoals(tenant, goals)),
    putGoal: async (tenant, named) =>
      record(await idOf(tenant), ['goals.changed', `${named.kind}/${named.goal.name}`], () =>
        operations.putGoal(tenant, named),
      ),
    removeGoal: async (tenant, kind, name) =>
      record(await idOf(tenant), ['goals.changed', `${kind}/${name}`], () =>
        operations.removeGoal(tenant, kind, name),
      ),
    putRedaction: async (tenant, rules) =>
      record(await idOf(tenant), ['redaction.changed', undefined, describeRules(rules)], () =>
        operations.putRedaction(tenant, rules),
      ),
    setMinGroupSize: async (tenant, size) =>
      record(await idOf(tenant), ['settings.changed', `minGroupSize=${size}`], () =>
        operations.setMinGroupSize(tenant, size),
      ),
    putLimits: async (tenant, own) =>
      record(await idOf(tenant), ['settings.changed', `limits ${JSON.stringify(own)}`], () =>
        operations.putLimits(tenant, own),
      ),
    putUser: async (tenant, user) =>
      record(await idOf(tenant), ['user.role-changed', `${user.user}=${user.role}`], () =>
        operations.putUser(tenant, user),
      ),
    removeUser: async (tenant, user) =>
      record(await idOf(tenant), ['user.role-changed', `${user}=`], () =>
        operations.removeUser(tenant, user),
      ),
    createKey: async (tenant, scopes, options) =>
      record(
        await idOf(tenant),
        ['key.created'],
        () => operations.createKey(tenant, scopes, options),
        ({ id }) => id,
      ),
    rotateKey: async (id, options) =>
      record(await ownerOfKey(id), ['key.rotated', id], () => operations.rotateKey(id, options)),
    revokeKey: async (id) =>
      record(await ownerOfKey(id), ['key.revoked', id], () => operations.revokeKey(id)),
    createWebhook: async (tenant, kind) =>
      record(
        await idOf(tenant),
        ['webhook.created'],
        () => operations.createWebhook(tenant, kind),
        ({ id }) => id,
      ),
    revokeWebhook: async (id) =>
      record(await ownerOfWebhook(id), ['webhook.revoked', id], () => operations.revokeWebhook(id)),
  };
}

const rulesCharsMax = 2_000;

function describeRules(rules: readonly RedactionRule[]): NonNullable<Deed['details']> {
  const told = rules.map(({ action, field }) => `${field} ${action}`).join(', ');
  return { count: rules.length, rules: told.slice(0, rulesCharsMax) };
}

/** A dry run changes nothing. */
export function recordReplays(
  replays: DeadLetterReplays,
  { findId, trail }: { readonly trail: AuditTrail; readonly findId: (idOrName: string) => Promise<string> },
): DeadLetterReplays {
  async function record<T>(
    { dryRun, tenant }: { readonly dryRun: boolean; readonly tenant?: string | undefined },
    target: string | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    if (dryRun) return work();
    const tenantId = tenant === undefined ? undefined : await findId(tenant);
    const actor = { kind: 'commandLine' } as const;
    return trail.record({ tenantId, actor, action: 'dead-letters.replayed', target }, work);
  }
  return {
    replayDeadLetter: (id, options) => record(options, id, () => replays.replayDeadLetter(id, options)),
    replayDeadLetters: (query) => record(query, undefined, () => replays.replayDeadLetters(query)),
  };
}
