import type { Config } from '../../platform/config.js';
import { storedData } from './render-data-map.js';
import { retentionRules, type RetentionRule } from './retention-rules.js';

export interface RetentionInForce {
  readonly rule: string;
  /** In words, with the variable. */
  readonly kept: string;
  /** As configured; `null` where no age ends it. */
  readonly days: number | null;
  /** `store.table`. */
  readonly tables: readonly string[];
}

/** What a configuration makes of the rules, by rule. */
export function listRetention(config: Config): readonly RetentionInForce[] {
  const tables = Object.entries(storedData).flatMap(([store, data]) =>
    Object.entries(data).map(([table, { retention }]) => ({ name: `${store}.${table}`, retention })),
  );
  const rules: readonly (readonly [string, RetentionRule])[] = Object.entries(retentionRules);
  return rules.map(([rule, { days, kept }]) => ({
    rule,
    kept: kept.replaceAll('`', ''),
    days: days?.(config) ?? null,
    tables: tables.filter(({ retention }) => retention === rule).map(({ name }) => name),
  }));
}
