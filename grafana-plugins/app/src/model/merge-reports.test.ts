import { aReport } from '../report.fixture';
import { mergeReports } from './merge-reports';

const at = (hour: number) =>
  aReport({ id: `r${hour}`, createdAt: `2026-03-01T${String(hour).padStart(2, '0')}:00:00Z` });
const ids = (reports: Array<{ id: string }>) => reports.map(({ id }) => id);

describe('mergeReports', () => {
  it('keeps older pages, takes new reports and new states, and drops what was deleted', () => {
    const shown = [at(9), at(8), at(7), at(2), at(1)];
    const read = [at(10), { ...at(9), state: 'failed' as const }, at(7)];
    const merged = mergeReports(shown, read, true);
    expect(ids(merged)).toEqual(['r10', 'r9', 'r7', 'r2', 'r1']);
    expect(merged[1]?.state).toBe('failed');
  });

  it('adds an older page at the end, and takes a deleted list for empty', () => {
    expect(ids(mergeReports([at(9)], [at(3), at(2)], false))).toEqual(['r9', 'r3', 'r2']);
    expect(mergeReports([at(9)], [], true)).toEqual([]);
  });
});
