import { eventEnvelopeSchema } from '@coditect/contracts';
import { anEvent } from '../../testkit/an-event.js';
import { partitionOf } from '../partition-of.js';
import { createCutter, type Cut, type Cutter } from './cutter.js';

interface Sent {
  readonly cut: Cut;
  confirm(): void;
  refuse(error: Error): void;
}

function aCutter(overrides: { partitions?: number; eventsMax?: number; charsMax?: number } = {}): {
  cutter: Cutter;
  sent: Sent[];
} {
  const sent: Sent[] = [];
  const cutter = createCutter({
    partitions: 1,
    lingerMs: 10,
    eventsMax: 100,
    charsMax: 100_000,
    send: (cut) =>
      new Promise((resolve, reject) => {
        sent.push({ cut, confirm: resolve, refuse: reject });
      }),
    ...overrides,
  });
  return { cutter, sent };
}

const batchOf = (count: number): ReturnType<typeof anEvent>[] =>
  Array.from({ length: count }, () => anEvent());
const idsIn = (cut: Cut | undefined): string[] =>
  (cut?.lines ?? []).map((line) => eventEnvelopeSchema.parse(JSON.parse(line)).id);

describe('cutter', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('puts events of several batches into one cut, in their order, when the first has waited long enough', () => {
    const { cutter, sent } = aCutter();
    const [first, second] = [batchOf(2), batchOf(1)];
    void cutter.add(first);
    jest.advanceTimersByTime(9);
    void cutter.add(second);
    expect(sent).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(sent).toHaveLength(1);
    expect(idsIn(sent[0]?.cut)).toEqual([...first, ...second].map((event) => event.id));
  });

  it('sends a full cut at once and keeps the rest for the next', () => {
    const { cutter, sent } = aCutter({ eventsMax: 3 });
    void cutter.add(batchOf(7));
    expect(sent.map(({ cut }) => cut.lines.length)).toEqual([3, 3]);
    jest.advanceTimersByTime(10);
    expect(sent.map(({ cut }) => cut.lines.length)).toEqual([3, 3, 1]);
  });

  it('sends a cut at once when its text is long enough', () => {
    const { cutter, sent } = aCutter({ charsMax: 1_000 });
    void cutter.add([anEvent({ attributes: { text: 'x'.repeat(1_000) } })]);
    expect(sent).toHaveLength(1);
  });

  it('puts each event into the cut of its partition', () => {
    const { cutter, sent } = aCutter({ partitions: 4 });
    const batch = batchOf(50);
    void cutter.add(batch);
    jest.advanceTimersByTime(10);
    for (const { cut } of sent) {
      const expected = batch.filter((event) => partitionOf(event.eventId, 4) === cut.partition);
      expect(idsIn(cut)).toEqual(expected.map((event) => event.id));
    }
    expect(sent.reduce((sum, { cut }) => sum + cut.lines.length, 0)).toBe(50);
  });

  it('holds a batch back until every cut with a part of it is sent', async () => {
    const { cutter, sent } = aCutter({ eventsMax: 2 });
    let isSafe = false;
    const added = cutter.add(batchOf(4)).then(() => {
      isSafe = true;
    });
    sent[0]?.confirm();
    await Promise.resolve();
    await Promise.resolve();
    expect(isSafe).toBe(false);
    sent[1]?.confirm();
    await added;
    expect(isSafe).toBe(true);
  });

  it('fails only those batches that have events in the refused cut', async () => {
    const { cutter, sent } = aCutter({ eventsMax: 2 });
    const refused = cutter.add(batchOf(2));
    const taken = cutter.add(batchOf(2));
    sent[0]?.refuse(new Error('full'));
    sent[1]?.confirm();
    await expect(refused).rejects.toThrow('full');
    await expect(taken).resolves.toBeUndefined();
  });

  it('sends what waits when it is flushed, and nothing twice', () => {
    const { cutter, sent } = aCutter();
    void cutter.add(batchOf(1));
    cutter.flush();
    jest.advanceTimersByTime(100);
    expect(sent).toHaveLength(1);
  });

  it('takes an empty batch as safe', async () => {
    const { cutter, sent } = aCutter();
    await cutter.add([]);
    jest.advanceTimersByTime(100);
    expect(sent).toHaveLength(0);
  });
});
