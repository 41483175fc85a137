import type { Report } from '@coditect/contracts';
import { aReport } from '../report.fixture';
import { followReport } from './follow-report';

function follow(answers: Array<Partial<Report> | Error>, giveUpAfter = Infinity) {
  const waits: number[] = [];
  const seen: string[] = [];
  const rest = [...answers];
  const result = followReport(aReport({ state: 'queued' }), {
    find: async () => {
      const answer = rest.shift();
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked too often');
      return aReport(answer);
    },
    wait: async (ms) => {
      waits.push(ms);
    },
    isGivenUp: () => waits.length > giveUpAfter,
    onChange: ({ state }) => seen.push(state),
  });
  return { result, waits, seen };
}

const times = (count: number, answer: Partial<Report> | Error) => Array.from({ length: count }, () => answer);

describe('followReport', () => {
  it('looks until the report is under way no more, and ever less often', async () => {
    const { result, waits, seen } = follow([...times(12, { state: 'running' }), { state: 'failed' }]);
    await expect(result).resolves.toMatchObject({ state: 'failed' });
    expect(seen).toHaveLength(13);
    expect([...waits].sort((left, right) => left - right)).toEqual(waits);
    expect(waits.at(-1)).toBe(5_000);
  });

  it('survives looks that fail, but not endlessly', async () => {
    const offline = new Error('offline');
    const back = follow([
      ...times(4, offline),
      { state: 'running' },
      ...times(4, offline),
      { state: 'done' },
    ]);
    await expect(back.result).resolves.toMatchObject({ state: 'done' });
    await expect(follow(times(5, offline)).result).rejects.toThrow('offline');
  });

  it('asks no more once nobody wants to know', async () => {
    const { result, seen } = follow(times(9, { state: 'running' }), 2);
    await expect(result).resolves.toMatchObject({ state: 'running' });
    expect(seen).toHaveLength(2);
  });
});
