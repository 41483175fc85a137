import { createLineSplitter, type Line } from './split-lines.js';

function split(text: string | Buffer, blockBytes: number, lineBytesMax = 100): Line[] {
  const bytes = Buffer.from(text);
  const splitter = createLineSplitter({ lineBytesMax });
  const lines: Line[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes)
    lines.push(...splitter.push(bytes.subarray(at, at + blockBytes)));
  return [...lines, ...splitter.end()];
}

const texts = (lines: readonly Line[]): (string | undefined)[] => lines.map((line) => line.bytes?.toString());

describe('createLineSplitter', () => {
  it.each([1, 2, 3, 7, 1_000])(
    'gives the same lines and offsets when blocks are %p bytes long',
    (blockBytes) => {
      const lines = split('\uFEFFone\r\ntwo ü\n\nlast', blockBytes);
      expect(texts(lines)).toEqual(['one', 'two ü', '', 'last']);
      expect(lines.map((line) => line.offset)).toEqual([0, 8, 15, 16]);
      expect(lines.map((line) => line.endOffset)).toEqual([8, 15, 16, 20]);
      expect(lines.map((line) => line.number)).toEqual([1, 2, 3, 4]);
    },
  );

  it.each([1, 4, 64])(
    'passes over a line that is too long and keeps its neighbours (blocks of %p)',
    (blockBytes) => {
      const lines = split(`a\n${'x'.repeat(101)}\n${'y'.repeat(100)}\r\nb`, blockBytes);
      expect(texts(lines)).toEqual(['a', undefined, 'y'.repeat(100), 'b']);
      expect(lines.map((line) => line.offset)).toEqual([0, 2, 104, 206]);
    },
  );

  it('has no lines in an empty input and no extra one behind the last line end', () => {
    expect(split('', 10)).toEqual([]);
    expect(texts(split('a\n', 10))).toEqual(['a']);
  });

  it('goes on in the middle of a file', () => {
    const splitter = createLineSplitter({ lineBytesMax: 10, start: { offset: 500, line: 41 } });
    expect(splitter.push(Buffer.from('x\n'))).toMatchObject([{ number: 42, offset: 500, endOffset: 502 }]);
  });
});
