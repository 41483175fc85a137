import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createTally, readJestReport, readPlaywrightReport } from './tally.mjs';

function fileWith(content) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'tally-')), 'report.json');
  fs.writeFileSync(file, content);
  return file;
}

describe('tally', () => {
  it('counts a suite that could not run as a failure', () => {
    const file = fileWith('{"numPassedTests":3,"numFailedTests":1,"numRuntimeErrorTestSuites":1}');
    expect(readJestReport(file)).toEqual({ passed: 3, failed: 2 });
  });

  it('counts a missing or broken report as a failure', () => {
    expect(readJestReport('/nowhere')).toEqual({ passed: 0, failed: 1 });
    expect(readPlaywrightReport(fileWith('{'))).toEqual({ passed: 0, failed: 1 });
  });

  it('adds the parts up to one line', () => {
    const tally = createTally();
    tally.add({ passed: 2, failed: 0 });
    tally.add(
      readPlaywrightReport(fileWith('{"stats":{"expected":4,"flaky":1,"unexpected":1},"errors":[]}')),
    );
    expect(tally.line()).toBe('7 passed, 1 failed');
  });
});
