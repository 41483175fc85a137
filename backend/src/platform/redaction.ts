import { z } from 'zod';
import { AppError } from './errors.js';
import type { ControlStore } from './tenancy.js';

/** What becomes of a field that a tenant does not want as it is. */
export const redactionActions = ['drop', 'pseudonymise', 'mask'] as const;
export type RedactionAction = (typeof redactionActions)[number];

/** Stands where a value was. */
export const maskText = '***';

const redactionRulesMax = 100;
const fieldCharsMax = 256;
const starsMax = 8;

export const redactionRuleSchema = z.strictObject({
  /**
   * Name of a field, or the beginning of a dotted one; `*` stands for any characters, also none. Case does not count. No regular expression:
   * finding a name takes time in proportion to its length, whatever the rule.
   */
  field: z.string().min(1).max(fieldCharsMax),
  action: z.enum(redactionActions),
});
export type RedactionRule = Readonly<z.infer<typeof redactionRuleSchema>>;

export const redactionRequestSchema = z.strictObject({
  /** The first one that fits a field counts. */
  rules: z.array(redactionRuleSchema).max(redactionRulesMax),
});

export const redactionSchema = z.object({ tenant: z.string(), rules: z.array(redactionRuleSchema) });
export type TenantRedaction = Readonly<z.infer<typeof redactionSchema>>;

/** Rules of tenants. Nobody has any until somebody has set some. */
export interface RedactionStore {
  get(tenantId: string): Promise<readonly RedactionRule[]>;
  put(tenantId: string, rules: readonly RedactionRule[]): Promise<void>;
}

const rulesSchema = z.array(redactionRuleSchema);

function settingOf(tenantId: string): string {
  return `redaction/${tenantId}`;
}

/** Rules among the settings of the product. */
export function createRedactionStore(
  settings: Pick<ControlStore, 'getSetting' | 'putSetting'>,
): RedactionStore {
  return {
    async get(tenantId) {
      const rules = await settings.getSetting(settingOf(tenantId));
      return rules === undefined ? [] : rulesSchema.parse(JSON.parse(rules));
    },
    async put(tenantId, rules) {
      await settings.putSetting(settingOf(tenantId), JSON.stringify(rules));
    },
  };
}

/** Rules made ready for use. */
export interface Redaction {
  readonly hasRules: boolean;
  /** What is to be done with a field of this name; `undefined` where no rule is about it. */
  actionOf(name: string): RedactionAction | undefined;
}

export const noRedaction: Redaction = { hasRules: false, actionOf: () => undefined };

/** Without it there would be no event: identity and time are no words, and every question names the type. */
const untouchable: ReadonlySet<string> = new Set(['type', 'time', 'specversion']);

/** Throws `AppError` 400 `redaction_invalid` with the pointer of the first rule that can't be followed. */
export function checkRedaction(rules: readonly RedactionRule[]): void {
  const fields = new Set<string>();
  rules.forEach(({ action, field }, index) => {
    const name = field.toLowerCase();
    const fault = findFault(name, action, fields.has(name));
    fields.add(name);
    if (fault !== undefined)
      throw new AppError('redaction_invalid', fault, { status: 400, pointer: `/rules/${index}/field` });
  });
}

function findFault(name: string, action: RedactionAction, isKnown: boolean): string | undefined {
  if (isKnown) return 'There is a rule for this field already, and the first one counts.';
  if (/^[\s.]|[\s.]$|\p{Cc}/u.test(name)) return 'A field begins and ends with a character of its name.';
  if (name.split('*').length - 1 > starsMax) return `A field has at most ${starsMax} "*".`;
  if (untouchable.has(name)) return 'Every event needs this field as it is.';
  if (name === 'userid' && action === 'mask')
    return 'All users would be one. User ids are pseudonyms already; "drop" leaves them out.';
  return undefined;
}

const namesRememberedMax = 10_000;

/** Remembers names, because producers send the same ones over and over. */
export function compileRedaction(rules: readonly RedactionRule[]): Redaction {
  if (rules.length === 0) return noRedaction;
  const compiled = rules.map(({ action, field }) => ({ action, fits: compilePattern(field.toLowerCase()) }));
  const remembered = new Map<string, RedactionAction | undefined>();
  return {
    hasRules: true,
    actionOf(name) {
      if (remembered.has(name)) return remembered.get(name);
      if (remembered.size >= namesRememberedMax) remembered.clear();
      const names = withBeginnings(name.toLowerCase());
      const action = compiled.find(({ fits }) => names.some(fits))?.action;
      remembered.set(name, action);
      return action;
    },
  };
}

/** `a.b.c` is within `a` and `a.b`. */
function withBeginnings(name: string): readonly string[] {
  const names = [name];
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1))
    names.push(name.slice(0, dot));
  return names;
}

/** Takes each part between stars where it comes first, and never goes back. */
function compilePattern(pattern: string): (name: string) => boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return (name) => name === head;
  return (name) => {
    if (!name.startsWith(head) || name.length < head.length + tail.length) return false;
    const end = name.length - tail.length;
    let from = head.length;
    for (const part of rest) {
      const found = name.indexOf(part, from);
      if (found === -1 || found + part.length > end) return false;
      from = found + part.length;
    }
    return name.endsWith(tail);
  };
}
