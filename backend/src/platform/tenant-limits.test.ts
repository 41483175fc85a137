import { noLimits } from '../testkit/no-limits.js';
import { parseConfig } from './config.js';
import {
  createTenantLimitsReader,
  putOwnLimits,
  readLimitsOfTenant,
  toDefaultLimits,
} from './tenant-limits.js';

function createSettings() {
  const settings = new Map<string, string>();
  let reads = 0;
  return {
    get reads() {
      return reads;
    },
    isAway: false,
    getSetting(name: string) {
      reads += 1;
      return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(settings.get(name));
    },
    putSetting(name: string, value: string) {
      settings.set(name, value);
      return Promise.resolve();
    },
  };
}

describe('limits of a tenant', () => {
  it('are what was set for it, and for the others what the configuration says', async () => {
    const store = createSettings();
    const defaults = { ...noLimits, eventsPerSecond: 10, eventsPerDay: 20 };
    await putOwnLimits(store, 'acme', { eventsPerDay: null, rowsReadPerDay: 5 });
    await expect(readLimitsOfTenant(store, defaults, 'acme')).resolves.toEqual({
      own: { eventsPerDay: null, rowsReadPerDay: 5 },
      limits: { ...defaults, eventsPerDay: null, rowsReadPerDay: 5 },
    });
    await putOwnLimits(store, 'acme', {});
    await expect(readLimitsOfTenant(store, defaults, 'acme')).resolves.toEqual({ own: {}, limits: defaults });
    await expect(createTenantLimitsReader(store, defaults)('globex')).resolves.toEqual(defaults);
  });

  it('have none where the configuration says 0', () => {
    const config = parseConfig({ LIMIT_EVENTS_PER_SECOND: '0', LIMIT_EVENTS_PER_DAY: '7' });
    expect(toDefaultLimits(config.limits)).toEqual({ ...noLimits, eventsPerDay: 7, eventsBurst: 10_000 });
  });

  it.each([
    [{ eventsPerSecond: 0 }, '/eventsPerSecond'],
    [{ eventsPerSecond: 1.5 }, '/eventsPerSecond'],
    [{ eventsBurst: null }, '/eventsBurst'],
    [{ storedEvents: 1e13 }, '/storedEvents'],
    [{ eventsPerMonth: 1 }, '/eventsPerMonth'],
  ])('are refused when they make no sense: %j', async (given, pointer) => {
    await expect(putOwnLimits(createSettings(), 'acme', given)).rejects.toMatchObject({
      code: 'limits_invalid',
      status: 400,
      pointer,
    });
  });

  it('are asked for once by many, and again after the store was away', async () => {
    const store = createSettings();
    const read = createTenantLimitsReader(store, noLimits);
    await Promise.all([read('acme'), read('acme'), read('acme')]);
    expect(store.reads).toBe(1);
    store.isAway = true;
    await expect(read('globex')).rejects.toThrow('away');
    store.isAway = false;
    await expect(read('globex')).resolves.toEqual(noLimits);
  });
});
