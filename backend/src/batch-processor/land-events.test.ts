import type { EventEnvelope } from '@coditect/contracts';
import type { DeadLetter } from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import { createLogger } from '../platform/logger.js';
import { createTelemetry } from '../platform/telemetry.js';
import { anEvent } from '../testkit/an-event.js';
import { createLander } from './land-events.js';
import type { LandingStore } from './landing-store.js';

/** Keeps what lands; refuses transactions that hold an event of the team `bad`. */
function createStore(): LandingStore & { readonly landed: Set<string>; readonly sizes: number[] } {
  const landed = new Set<string>();
  const sizes: number[] = [];
  return {
    landed,
    sizes,
    land(events) {
      sizes.push(events.length);
      if (events.some((event) => event.team === 'bad')) {
        const cause = new Error('value out of range\nthe row');
        return Promise.reject(new AppError('rows_refused', 'No.', { status: 422, cause }));
      }
      const known = new Set(events.map((event) => event.eventId).filter((id) => landed.has(id)));
      for (const event of events) landed.add(event.eventId);
      return Promise.resolve({ known });
    },
  };
}

function createTestLander(store: LandingStore, rowsMax = 100) {
  const letters: DeadLetter[] = [];
  const telemetry = createTelemetry({ defaultMetrics: false });
  const land = createLander({
    store,
    rowsMax,
    deadLetters: {
      add(letter) {
        letters.push(letter);
        return Promise.resolve();
      },
    },
    logger: createLogger({ level: 'silent', pretty: false, service: 'test' }),
    telemetry,
  });
  return { land, letters, telemetry };
}

const idsOf = (events: readonly EventEnvelope[]): Set<string> =>
  new Set(events.map((event) => event.eventId));

describe('landing of events', () => {
  it('tells what had landed before, over all transactions of a call', async () => {
    const store = createStore();
    const { land } = createTestLander(store, 10);
    const events = Array.from({ length: 25 }, () => anEvent());
    await land(events.slice(5, 15));
    expect(await land(events)).toEqual(idsOf(events.slice(5, 15)));
    expect(store.landed).toEqual(idsOf(events));
  });

  it('sets each refused row aside with its reason, and lands all others', async () => {
    const store = createStore();
    const { land, letters, telemetry } = createTestLander(store);
    const events = Array.from({ length: 33 }, (_, index) =>
      anEvent({ team: index === 0 || index === 20 ? 'bad' : 'good' }),
    );
    await land(events);

    expect(store.landed).toEqual(idsOf(events.filter((event) => event.team === 'good')));
    expect(
      letters.map(({ code, events: [event], origin, reason }) => [code, event?.eventId, origin, reason]),
    ).toEqual(
      [events[0], events[20]].map((event) => [
        'row_refused',
        event?.eventId,
        'batch',
        'The store refuses the row of this event: value out of range',
      ]),
    );
    const dropped = await telemetry.dropped.get();
    expect(dropped.values).toMatchObject([{ value: 2, labels: { reason: 'row_refused' } }]);
  });

  it('rejects while a letter is not safe', async () => {
    const telemetry = createTelemetry({ defaultMetrics: false });
    const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
    const deadLetters = { add: () => Promise.reject(new Error('letters are away')) };
    const land = createLander({ store: createStore(), rowsMax: 10, deadLetters, logger, telemetry });
    await expect(land([anEvent({ team: 'bad' })])).rejects.toThrow('letters are away');
  });
});
