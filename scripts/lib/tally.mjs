import fs from 'node:fs';

/** Adds up what test runners report. A phase without a readable report counts as one failure. */
export function createTally() {
  const total = { passed: 0, failed: 0 };
  return {
    total,
    add(part) {
      total.passed += part.passed;
      total.failed += part.failed;
      return part;
    },
    line: () => `${total.passed} passed, ${total.failed} failed`,
  };
}

/** Jest's `--json` file. A suite that could not run at all is a failure too. */
export function readJestReport(file) {
  const report = readJson(file);
  if (report === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = report;
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

/** Playwright's JSON file. A flaky test has passed in the end; an error outside of tests is a failure. */
export function readPlaywrightReport(file) {
  const report = readJson(file);
  if (report === undefined) return { passed: 0, failed: 1 };
  const { expected, flaky, unexpected } = report.stats;
  return { passed: expected + flaky, failed: unexpected + report.errors.length };
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
