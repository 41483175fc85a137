import type { Unit } from '@coditect/contracts';

const grafanaUnits: Readonly<Record<Unit, string>> = {
  count: 'short',
  users: 'short',
  tokens: 'short',
  ratio: 'percentunit',
  milliseconds: 'ms',
  seconds: 's',
  USD: 'currencyUSD',
  bytes: 'bytes',
};

/** The id of Grafana's value format for one of our units; `undefined` for a unit this build does not know. */
export function grafanaUnitOf(unit: string | undefined): string | undefined {
  return Object.entries(grafanaUnits).find(([name]) => name === unit)?.[1];
}
