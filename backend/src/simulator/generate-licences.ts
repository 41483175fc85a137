import { hasNewPerson, isAdopted, userIdOf, type Seat } from './population.js';
import type { TenantProfile } from './profile.js';
import type { Recorder } from './recorder.js';
import { adoptionAfter, atLocalMinute, type LocalDay } from './rhythm.js';

const seatPack = 10;
const spareShare = 1.05;

export interface LicenceDay {
  readonly profile: TenantProfile;
  readonly seats: readonly Seat[];
  readonly day: LocalDay;
  readonly openingDay: number;
  /** A stream of its own for a seat, so that ids do not depend on how many others there are. */
  readonly recorderFor: (subject: string) => Recorder;
}

/**
 * Records the seats that are bought (in packs, ahead of need), assigned, and released by those who leave. Everything
 * the tenant has at first is bought and assigned on the opening day.
 */
export function recordLicenceDay(plan: LicenceDay): void {
  const { day, openingDay } = plan;
  if (day.dayNumber < openingDay) return;
  const isOpening = day.dayNumber === openingDay;
  const before = isOpening ? 0 : seatsOwned(plan, day.dayNumber - 1);
  for (let seat = before; seat < seatsOwned(plan, day.dayNumber); seat += 1) {
    const recorder = plan.recorderFor(`purchase/${seat}`);
    const atMs = atLocalMinute(day, 8 * 60 + recorder.random.between(0, 4));
    recorder.emit('licence.seat.purchased', atMs, { kind: 'team' }, `seat-${seat + 1}`);
  }
  for (const seat of plan.seats) recordSeat(plan, seat, isOpening);
}

/** The person is named as assignee, not as user: to be given a seat is no activity. */
function recordSeat(plan: LicenceDay, seat: Seat, isOpening: boolean): void {
  const { profile, openingDay } = plan;
  const { dayNumber } = plan.day;
  if (!isAdopted(seat, dayNumber, openingDay)) return;
  const wasAdopted = !isOpening && isAdopted(seat, dayNumber - 1, openingDay);
  const isNew = hasNewPerson(seat, dayNumber);
  if (wasAdopted && !isNew) return;
  const recorder = plan.recorderFor(`assignment/${seat.index}/${userIdOf(profile, seat, dayNumber)}`);
  const atMs = atLocalMinute(plan.day, recorder.random.between(8.2, 11) * 60);
  const about = (userId: string) => ({ team: seat.team.name, 'assignee.userId': userId });
  const subject = `seat-${seat.index + 1}`;
  if (wasAdopted) {
    const leaver = userIdOf(profile, seat, dayNumber - 1);
    recorder.emit('licence.seat.released', atMs - 600_000, about(leaver), subject);
  }
  recorder.emit('licence.seat.assigned', atMs, about(userIdOf(profile, seat, dayNumber)), subject);
}

function seatsOwned(plan: LicenceDay, dayNumber: number): number {
  const needed = plan.profile.seatsMax * adoptionAfter(dayNumber - plan.openingDay) * spareShare;
  return Math.ceil(needed / seatPack) * seatPack;
}
