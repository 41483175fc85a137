import {
  checkRedaction,
  type RedactionRule,
  type RedactionStore,
  type TenantRedaction,
} from '../platform/redaction.js';

/** Which fields a tenant, by its id or by its name, does not want as they are. Answers with all rules as they are then. */
export interface RedactionOperations {
  getRedaction(idOrName: string): Promise<TenantRedaction>;
  /** In place of those that there are. Throws `AppError` `redaction_invalid`. */
  putRedaction(idOrName: string, rules: readonly RedactionRule[]): Promise<TenantRedaction>;
}

export function createRedactionOperations(
  redactions: RedactionStore,
  getId: (idOrName: string) => Promise<string>,
): RedactionOperations {
  return {
    async getRedaction(idOrName) {
      const tenant = await getId(idOrName);
      return { tenant, rules: [...(await redactions.get(tenant))] };
    },
    async putRedaction(idOrName, rules) {
      const tenant = await getId(idOrName);
      checkRedaction(rules);
      await redactions.put(tenant, rules);
      return { tenant, rules: [...rules] };
    },
  };
}
