import type { Notice, SeatPrice } from '@coditect/contracts';
import { findSeatPrice } from '../kpis/goals/choose-goals.js';
import type { Zone } from './time/zone.js';

const dayMs = 86_400_000;

export const purchasesOfAll: Notice = {
  severity: 'info',
  code: 'purchases_unfiltered',
  text: 'Seats are bought for all: what is purchased and unassigned is not told for a part of the tenant.',
};
export const noPrice: Notice = {
  severity: 'info',
  code: 'seat_price_missing',
  text: 'No price of a seat is set for this tenant, so that costs are not told.',
};

/** USD for a seat and month, on the local day of an instant; `undefined` where no price is known. */
export function findSeatPriceAt(prices: readonly SeatPrice[], atMs: number, zone: Zone): number | undefined {
  const day = new Date(zone.localDayOf(atMs) * dayMs).toISOString().slice(0, 10);
  return findSeatPrice(prices, day)?.monthlyUsd;
}
