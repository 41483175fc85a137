import { recordLicenceDay } from './generate-licences.js';
import { recordPersonDay } from './generate-person-day.js';
import { recordRobotDay, recordRunawayDay } from './generate-robots.js';
import { isAdopted, populate, userIdOf } from './population.js';
import type { TenantProfile } from './profile.js';
import { hashText } from './random.js';
import {
  createRecorder,
  toCloudEvent,
  type EventDraft,
  type Recorder,
  type SimulatedEvent,
} from './recorder.js';
import { localDay, localDayNumber } from './rhythm.js';

export interface TimelineOptions {
  readonly profile: TenantProfile;
  readonly seed: string;
  /**
   * Epoch milliseconds at which the tenant's roll-out began; adoption and acceptance grow from the first whole local
   * day after it. Another value shows more or fewer people, and leaves the identity of every event as it is.
   */
  readonly adoptionFromMs: number;
}

/** All that ever happens at one tenant, by time. */
export interface Timeline {
  /** The events in [fromMs, toMs), ordered by time. Two adjoining slices give exactly what the whole gives. */
  between(fromMs: number, toMs: number): Iterable<SimulatedEvent>;
}

/** What began on one local day may end on the next, never later. */
const spillDays = 1;
const plansKept = 4;

/**
 * A tenant's time line. A local day is planned at once, person by person, each from a stream of chance of its own,
 * then cut into whatever slice is asked for; the last few plans are kept, so that a slice of a second costs little.
 */
export function createTimeline(options: TimelineOptions): Timeline {
  const { timeZone } = options.profile;
  const planDay = createDayPlanner(options);
  const plans = new Map<number, readonly EventDraft[]>();

  function planOf(dayNumber: number): readonly EventDraft[] {
    const known = plans.get(dayNumber);
    if (known !== undefined) return known;
    const planned = planDay(dayNumber);
    plans.set(dayNumber, planned);
    for (const oldest of plans.keys()) {
      if (plans.size <= plansKept) break;
      plans.delete(oldest);
    }
    return planned;
  }

  function draftsBetween(fromMs: number, toMs: number): EventDraft[] {
    const drafts: EventDraft[] = [];
    const lastDay = localDayNumber(timeZone, toMs - 1);
    for (let day = localDayNumber(timeZone, fromMs) - spillDays; day <= lastDay; day += 1) {
      const plan = planOf(day);
      for (let at = firstAtOrAfter(plan, fromMs); at < plan.length; at += 1) {
        const draft = plan[at];
        if (draft === undefined || draft.atMs >= toMs) break;
        drafts.push(draft);
      }
    }
    return drafts.sort(byTime);
  }

  return {
    *between(fromMs, toMs) {
      if (toMs <= fromMs) return;
      for (const draft of draftsBetween(fromMs, toMs)) yield toCloudEvent(draft);
    },
  };
}

/** The events of one tenant in [fromMs, toMs), ordered by time. Keep a `createTimeline` where you ask often. */
export function eventsBetween(
  options: TimelineOptions,
  fromMs: number,
  toMs: number,
): Iterable<SimulatedEvent> {
  return createTimeline(options).between(fromMs, toMs);
}

function createDayPlanner(options: TimelineOptions): (dayNumber: number) => readonly EventDraft[] {
  const { profile, seed } = options;
  const openingDay = localDayNumber(profile.timeZone, options.adoptionFromMs) + 1;
  const seats = populate(profile, seed);
  const installOf = seats.map((seat) => hashText(`${profile.id}/install/${seat.index}`).toString(36));

  return (dayNumber) => {
    const day = localDay(profile.timeZone, dayNumber);
    const drafts: EventDraft[] = [];
    const recorderFor = (stream: string, install = 'shared'): Recorder =>
      createRecorder({
        streamKey: `${seed}/${profile.id}/${stream}`,
        sourceOf: (domain) => sourceOf(profile.id, domain, install),
        drafts,
      });

    for (const seat of seats) {
      if (!isAdopted(seat, dayNumber, openingDay)) continue;
      const recorder = recorderFor(`${dayNumber}/seat/${seat.index}`, installOf[seat.index]);
      const userId = userIdOf(profile, seat, dayNumber);
      recordPersonDay(recorder, { seat, userId, day, openingDay });
    }
    recordRobotDay(recorderFor(`${dayNumber}/robots`), profile, day);
    recordRunawayDay(recorderFor(`${dayNumber}/runaway`), profile, day);
    recordLicenceDay({
      profile,
      seats,
      day,
      openingDay,
      recorderFor: (subject) => recorderFor(`licence/${subject}`),
    });
    const spillEndMs = localDay(profile.timeZone, dayNumber + spillDays).endMs;
    return drafts.filter((draft) => draft.atMs >= day.startMs && draft.atMs < spillEndMs).sort(byTime);
  };
}

/** Editors are many; the platform's own services speak with one voice each. */
function sourceOf(tenantId: string, domain: string, install: string): string {
  return domain === 'ide' ? `/tenants/${tenantId}/ide/${install}` : `/tenants/${tenantId}/${domain}`;
}

function byTime(left: EventDraft, right: EventDraft): number {
  if (left.atMs !== right.atMs) return left.atMs - right.atMs;
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}

function firstAtOrAfter(plan: readonly EventDraft[], atMs: number): number {
  let low = 0;
  let high = plan.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const draft = plan[middle];
    if (draft !== undefined && draft.atMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
