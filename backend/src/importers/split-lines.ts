/** A line of a file, without its end. `offset` is where it begins, `endOffset` where the next one does, in bytes. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly offset: number;
  readonly endOffset: number;
  /** `undefined` when the line is longer than the limit: it was passed over. */
  readonly bytes: Buffer | undefined;
}

export interface LineSplitter {
  /** The lines that are complete with this block. */
  push(block: Buffer): readonly Line[];
  /** The last line, when the input ends without a line end. */
  end(): readonly Line[];
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts a stream of bytes at line feeds. Takes CRLF, a byte order mark at the very start, and a last line without an
 * end. Holds at most `lineBytesMax` and one block in memory, whatever comes. `start` is where the input begins in its file.
 */
export function createLineSplitter(options: {
  readonly lineBytesMax: number;
  readonly start?: { readonly offset: number; readonly line: number };
}): LineSplitter {
  let pieces: Buffer[] = [];
  let held = 0;
  let lineBytes = 0;
  let offset = options.start?.offset ?? 0;
  let number = (options.start?.line ?? 0) + 1;

  function hold(piece: Buffer): void {
    lineBytes += piece.length;
    // Beyond the limit the bytes are only counted. Two more than the limit may be the line's end.
    if (held > options.lineBytesMax + 2) return;
    pieces.push(piece);
    held += piece.length;
  }

  function takeLine(endBytes: number): Line {
    const bytes = held === lineBytes ? strip(Buffer.concat(pieces), offset) : undefined;
    const isTooLong = bytes === undefined || bytes.length > options.lineBytesMax;
    const endOffset = offset + lineBytes + endBytes;
    const line = { number, offset, endOffset, bytes: isTooLong ? undefined : bytes };
    pieces = [];
    held = 0;
    lineBytes = 0;
    offset = endOffset;
    number += 1;
    return line;
  }

  return {
    push(block) {
      const lines: Line[] = [];
      let from = 0;
      for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, from)) {
        hold(block.subarray(from, at));
        lines.push(takeLine(1));
        from = at + 1;
      }
      if (from < block.length) hold(block.subarray(from));
      return lines;
    },
    end: () => (lineBytes === 0 ? [] : [takeLine(0)]),
  };
}

function strip(bytes: Buffer, offset: number): Buffer {
  const from = offset === 0 && bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const to = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  return bytes.subarray(from, Math.max(from, to));
}
