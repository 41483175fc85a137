import { perUserDimensions } from '../dimension-sets.js';
import type { Kpi } from '../kpi.js';

const common = {
  family: 'licences',
  owner: 'adoption',
  dimensions: perUserDimensions,
  smallestInterval: '1d',
} as const;
const atTheEnd = 'at the end of each bucket, or now in the one that is running';
const ofActivity = 'who did something in the last 28 local days';

export const seatKpis: readonly Kpi[] = [
  {
    ...common,
    id: 'seats_purchased',
    title: 'Seats purchased',
    definition: `Seats that were bought so far, ${atTheEnd}. They are bought for all, so there is no telling them apart.`,
    formula: 'sum(quantity) of licence.seat.purchased, 1 where none is given',
    unit: 'count',
    direction: 'neutral',
    dimensions: [],
    measure: { kind: 'seats', count: 'purchased' },
  },
  {
    ...common,
    id: 'seats_assigned',
    title: 'Seats assigned',
    definition: `Seats that are somebody's, ${atTheEnd}: the last that happened to them was an assignment.`,
    formula: 'count(seat, last of licence.seat.assigned and licence.seat.released = assigned)',
    unit: 'count',
    direction: 'neutral',
    measure: { kind: 'seats', count: 'assigned' },
  },
  {
    ...common,
    id: 'seats_active',
    title: 'Active seats',
    definition: `Assigned seats of users ${ofActivity}, ${atTheEnd}.`,
    formula: 'count(seats_assigned, user active in the trailing 28 local days)',
    unit: 'count',
    direction: 'up',
    measure: { kind: 'seats', count: 'active' },
  },
  {
    ...common,
    id: 'seats_idle',
    title: 'Idle seats',
    definition: `Seats that were assigned before the last 28 local days to users who did nothing in them, ${atTheEnd}.`,
    formula: 'count(seats_assigned, assigned before the trailing 28 local days, user not active in them)',
    unit: 'count',
    direction: 'down',
    measure: { kind: 'seats', count: 'idle' },
  },
  {
    ...common,
    id: 'seat_utilisation',
    title: 'Seat utilisation',
    definition: `Share of the assigned seats that are active, ${atTheEnd}.`,
    formula: 'seats_active / seats_assigned',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'up',
    measure: {
      kind: 'ratio',
      of: 'seats',
      numerator: { kind: 'seats', count: 'active' },
      denominator: { kind: 'seats', count: 'assigned' },
    },
  },
  {
    ...common,
    id: 'adoption_rate',
    title: 'Adoption rate',
    definition: `Share of the people with a seat ${ofActivity}, ${atTheEnd}. A person with two seats is one.`,
    formula: 'distinct(user with a seat, active in the trailing 28 local days) / distinct(user with a seat)',
    unit: 'ratio',
    parts: { numerator: 'users', denominator: 'users' },
    direction: 'up',
    measure: {
      kind: 'ratio',
      of: 'seats',
      numerator: { kind: 'seats', count: 'activeUsers' },
      denominator: { kind: 'seats', count: 'users' },
    },
  },
  {
    ...common,
    id: 'idle_seat_cost',
    title: 'Cost of idle seats',
    definition: `What idle and unassigned seats cost for a month at the tenant's price of that day, ${atTheEnd}. Of a part of the tenant only the idle ones, as seats are bought for all.`,
    formula: '(seats_idle + max(0, seats_purchased - seats_assigned)) × price of a seat and month',
    unit: 'USD',
    direction: 'down',
    measure: { kind: 'seats', count: 'idleCost' },
  },
];
