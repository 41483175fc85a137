import { createEventStreamReader } from './event-stream';

const encoder = new TextEncoder();

function readIn(pieces: readonly Uint8Array[]) {
  const read = createEventStreamReader();
  return pieces.flatMap((piece) => read(piece));
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_each, index) =>
    bytes.slice(index * size, (index + 1) * size),
  );
}

describe('createEventStreamReader', () => {
  const text = [
    ': hello',
    '',
    'event: answer',
    'data: {"name":"Zoë 🙂"}',
    '',
    'id: 7',
    'retry: 100',
    'data:first',
    'data: second',
    '',
    'event: nothing',
    '',
    'event: cut off',
    'data: never told',
  ];
  const events = [
    { name: 'answer', data: '{"name":"Zoë 🙂"}' },
    { name: 'message', data: 'first\nsecond' },
  ];

  it.each(['\n', '\r\n', '\r'])(
    'reads the same events in whatever pieces they come, lines ended by %j',
    (end) => {
      const bytes = encoder.encode(text.join(end));
      for (const size of [1, 2, 3, 7, bytes.length]) {
        expect([size, readIn(cut(bytes, size))]).toEqual([size, events]);
      }
    },
  );

  it('tells an event as soon as its empty line is there', () => {
    const read = createEventStreamReader();
    expect(read(encoder.encode('data: 1\n'))).toEqual([]);
    expect(read(encoder.encode('\ndata: 2'))).toEqual([{ name: 'message', data: '1' }]);
    expect(read(encoder.encode('\n\n'))).toEqual([{ name: 'message', data: '2' }]);
  });
});
