import { removeExpiredDaily } from './expired-control-data.js';
import { parseConfig } from './platform/config.js';
import { createLifecycle } from './platform/lifecycle.js';
import { createLogger } from './platform/logger.js';
import { createTelemetry } from './platform/telemetry.js';

const dayMs = 86_400_000;

/** What was asked to be removed by a process with these variables, and how many days old it had to be. */
async function removeOnce(
  variables: Readonly<Record<string, string>>,
  lettersFail = false,
): Promise<Record<string, number>> {
  const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
  const lifecycle = createLifecycle({ logger, closeTimeoutMs: 1_000 });
  const asked: Record<string, number> = {};
  const ask = (what: string, before: Date): void => {
    asked[what] = Math.round((Date.now() - before.getTime()) / dayMs);
  };
  removeExpiredDaily(
    {
      config: parseConfig(variables),
      logger,
      lifecycle,
      telemetry: createTelemetry({ defaultMetrics: false }),
    },
    {
      audit: {
        log: {
          shorten(before) {
            ask('audit', before);
            return Promise.resolve({ removed: 1, broken: [null] });
          },
        },
      },
      deadLetters: {
        removeExpired(now) {
          ask('letters', now);
          if (lettersFail) return Promise.reject(new Error('away'));
          return Promise.resolve({ letters: 0, waiting: { letters: 0, events: 0 } });
        },
      },
      subjectJobs: {
        forget(before) {
          ask('jobs', before);
          return Promise.resolve(1);
        },
      },
    },
  );
  await lifecycle.close();
  return asked;
}

describe('control data that is too old', () => {
  it('is only dead letters, unless somebody says so of the rest', async () => {
    expect(await removeOnce({})).toEqual({ letters: 0 });
  });

  it('goes by the age of its own variable', async () => {
    expect(await removeOnce({ AUDIT_RETENTION_DAYS: '365', SUBJECT_JOB_RETENTION_DAYS: '90' })).toEqual({
      letters: 0,
      jobs: 90,
      audit: 365,
    });
  });

  it('goes though something else can not be removed', async () => {
    expect(await removeOnce({ SUBJECT_JOB_RETENTION_DAYS: '90' }, true)).toEqual({ letters: 0, jobs: 90 });
  });
});
