import type { ClickHouse } from '../../storage/clickhouse/client.js';
import {
  countEverywhere,
  findDifferences,
  type EventCounts,
} from '../../storage/clickhouse/queries/count-everywhere.js';
import type { ReportCounts } from './check-reports.js';
import type { FleetTally, Ledger } from './fleet.js';
import { expectedCounts } from './load-event.js';

/** What is in the stores for one tenant, and every number that is not as it was sent. */
export interface TenantCheck {
  readonly counts: EventCounts;
  readonly problems: readonly string[];
}

/** Compares raw with what was acknowledged, and every aggregate with raw, to the last event. */
export async function checkTenant(clickHouse: ClickHouse, ledger: Ledger): Promise<TenantCheck> {
  const counts = await countEverywhere(clickHouse, ledger.tenantId);
  const expected = expectedCounts(ledger.begun);
  const pairs: readonly (readonly [string, number, number])[] = [
    ['acknowledged', ledger.acknowledged.size, expected.events],
    ['raw', counts.raw, expected.events],
    ['distinct', counts.distinctIds, expected.events],
    ['API requests', counts.apiRaw, expected.apiRequests],
    ['agent events', counts.agentRaw, expected.agentEvents],
    ['thousandths of a dollar', Math.round(Number(counts.costRaw) * 1_000), expected.milliUsd],
  ];
  const unlikeSent = pairs
    .filter(([, stored, sent]) => stored !== sent)
    .map(([name, stored, sent]) => `${name} ${stored} != sent ${sent}`);
  return { counts, problems: [...unlikeSent, ...findDifferences(counts)] };
}

/** Over all tenants, as the long form prints it last. */
export interface FaultReport {
  readonly kills: number;
  /** Events that were sent at least once, and those that were answered 202; each counted once however often it went out. */
  readonly sent: number;
  readonly acknowledged: number;
  readonly raw: number;
  readonly distinct: number;
  /** In the store of reports: events, and the sum over the hours of their rollups. */
  readonly landed: number;
  readonly rolledUp: number;
  readonly aggregates: Readonly<Record<string, number>>;
}

export function sumUp(
  kills: number,
  ledgers: readonly Ledger[],
  all: readonly EventCounts[],
  { landed, rolledUp }: ReportCounts,
): FaultReport {
  const sum = (valueOf: (counts: EventCounts) => number): number =>
    all.reduce((total, counts) => total + valueOf(counts), 0);
  const costOf = (text: string): number => Math.round(Number(text) * 1_000);
  return {
    kills,
    sent: ledgers.reduce((total, ledger) => total + ledger.begun, 0),
    acknowledged: ledgers.reduce((total, ledger) => total + ledger.acknowledged.size, 0),
    raw: sum((counts) => counts.raw),
    distinct: sum((counts) => counts.distinctIds),
    landed,
    rolledUp,
    aggregates: {
      eventIds: sum((counts) => counts.ids),
      eventsPerMinute: sum((counts) => counts.perMinute),
      activityPerQuarter: sum((counts) => counts.activity),
      apiRequestsRaw: sum((counts) => counts.apiRaw),
      apiRequestsPerMinute: sum((counts) => counts.apiPerMinute),
      apiRequestsPerQuarter: sum((counts) => counts.apiPerQuarter),
      agentEventsRaw: sum((counts) => counts.agentRaw),
      agentDurationsPerQuarter: sum((counts) => counts.agentDurations),
      seatEventsRaw: sum((counts) => counts.seatRaw),
      seatChanges: sum((counts) => counts.seatChanges),
      userQuartersRaw: sum((counts) => counts.userQuartersRaw),
      userQuarters: sum((counts) => counts.userQuarters),
      presenceRaw: sum((counts) => counts.presenceRaw),
      presence: sum((counts) => counts.presence),
      costMilliUsdRaw: sum((counts) => costOf(counts.costRaw)),
      costMilliUsd: sum((counts) => costOf(counts.cost)),
    },
  };
}

/** What was sent and what is stored are not the same; the report says how much of each. */
export class CountsDifferError extends Error {
  constructor(
    readonly report: FaultReport,
    problems: readonly string[],
  ) {
    super(`the counts differ:\n  ${problems.join('\n  ')}`);
    this.name = 'CountsDifferError';
  }
}

export function describeCounts(
  { sent, acknowledged, raw, distinct, landed, rolledUp, aggregates }: FaultReport,
  { posted, refused }: FleetTally,
): string {
  const answers = [...refused].map(([reason, count]) => `${count} x ${reason}`).join(', ');
  const counted = Object.entries(aggregates).map(([name, value]) => `${name} ${value}`);
  return [
    `  sent ${sent} (posted ${posted}), acknowledged ${acknowledged}, raw ${raw}, distinct ${distinct}, landed ${landed}, rolled up ${rolledUp}`,
    `  ${counted.join(', ')}`,
    ...(answers === '' ? [] : [`  repeated after ${answers}`]),
  ].join('\n');
}
