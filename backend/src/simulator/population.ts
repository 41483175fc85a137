import type { ProjectProfile, TeamProfile, TenantProfile } from './profile.js';
import { createRandom, fractionOf, hashText } from './random.js';
import { adoptionAfter } from './rhythm.js';

/** A place in a tenant's organisation, held by one person after another. */
export interface Seat {
  readonly index: number;
  readonly team: TeamProfile;
  /** The project that gets most of this person's time. */
  readonly homeProject: ProjectProfile;
  /** Probability to show up on a weekday. */
  readonly presence: number;
  /** Amount of use, 1 on average, with a heavy tail. */
  readonly intensity: number;
  /** Place in the order of the roll-out, 0 (first) to 1 (last). */
  readonly rank: number;
  /** Days one person holds the seat. */
  readonly tenureDays: number;
  readonly tenureOffset: number;
}

/** Everything about the tenant's people that does not change from day to day. */
export function populate(profile: TenantProfile, seed: string): readonly Seat[] {
  return Array.from({ length: profile.seatsMax }, (_, index): Seat => {
    const key = `${seed}/${profile.id}/seat/${index}`;
    const random = createRandom(hashText(key));
    const team = random.pickWeighted(profile.teams);
    const tenureDays = Math.round(random.between(280, 1_100));
    return {
      index,
      team,
      homeProject: random.pickWeighted(team.projects),
      presence: 0.12 + 0.84 * Math.pow(random.next(), 0.75),
      intensity: Math.min(6, random.logNormal(0.78, 0.7)),
      rank: fractionOf(`${key}/rank`),
      tenureDays,
      tenureOffset: Math.floor(random.between(0, tenureDays)),
    };
  });
}

/** Which person in turn holds the seat on a day. */
function tenureOf(seat: Seat, dayNumber: number): number {
  return Math.floor((dayNumber + seat.tenureOffset) / seat.tenureDays);
}

/** The person who holds the seat on a local day. */
export function userIdOf(profile: TenantProfile, seat: Seat, dayNumber: number): string {
  const personnelNumber = 10_000 + seat.index + tenureOf(seat, dayNumber) * 1_000;
  return `e${personnelNumber}@${profile.id}.example`;
}

/** Has the roll-out reached this seat? `openingDay` is the number of the local day on which it began. */
export function isAdopted(seat: Seat, dayNumber: number, openingDay: number): boolean {
  return seat.rank < adoptionAfter(dayNumber - openingDay);
}

/** Does another person sit here since this day? */
export function hasNewPerson(seat: Seat, dayNumber: number): boolean {
  return tenureOf(seat, dayNumber) !== tenureOf(seat, dayNumber - 1);
}
