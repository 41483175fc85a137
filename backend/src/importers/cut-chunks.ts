import type { LineRejection, ParseLine } from './parsed-line.js';
import type { Line } from './split-lines.js';

/** What is sent in one go, and what is known about it when it was stored. */
export interface Chunk {
  /** `index` is the position in `lines`. */
  readonly candidates: readonly { readonly index: number; readonly event: unknown }[];
  /** The line numbers of the candidates. */
  readonly lines: readonly number[];
  /** Lines that are no events and are not sent. */
  readonly rejected: readonly RejectedLine[];
  /** Where the next chunk begins. */
  readonly end: { readonly offset: number; readonly line: number };
}

export interface RejectedLine extends LineRejection {
  readonly line: number;
}

export interface ChunkLimits {
  readonly eventsMax: number;
  readonly bytesMax: number;
}

export interface ChunkCutter {
  /** Takes a line; answers with the chunk that is full without it. */
  push(line: Line): Chunk | undefined;
  /** What is left, if anything was read since the last chunk. */
  end(): readonly Chunk[];
}

/** Collects lines into chunks. Blank lines are passed over and count for nothing. */
export function createChunkCutter(parse: ParseLine, limits: ChunkLimits): ChunkCutter {
  let chunk = createOpenChunk();
  let hasRead = false;

  function take(): Chunk {
    const full = chunk;
    chunk = createOpenChunk();
    hasRead = false;
    return full;
  }

  return {
    push(line) {
      const parsed = line.bytes === undefined ? tooLong : parse({ ...line, bytes: line.bytes });
      const isBlank = line.bytes !== undefined && isBlankLine(line.bytes);
      const bytes = parsed.ok ? parsed.bytes : 0;
      const isFull =
        chunk.size() >= limits.eventsMax || (chunk.bytes > 0 && chunk.bytes + bytes > limits.bytesMax);
      const full = isFull ? take() : undefined;
      if (!isBlank) chunk.add(line.number, parsed);
      chunk.end = { offset: line.endOffset, line: line.number };
      hasRead = true;
      return full;
    },
    end: () => (hasRead ? [take()] : []),
  };
}

type Parsed = ReturnType<ParseLine>;

const tooLong: Parsed = {
  ok: false,
  rejection: { code: 'line_too_long', pointer: '', reason: 'The line is longer than 1 MiB.' },
};

interface OpenChunk extends Chunk {
  bytes: number;
  end: { offset: number; line: number };
  size(): number;
  add(line: number, parsed: Parsed): void;
}

function createOpenChunk(): OpenChunk {
  const candidates: { index: number; event: unknown }[] = [];
  const lines: number[] = [];
  const rejected: RejectedLine[] = [];
  return {
    candidates,
    lines,
    rejected,
    bytes: 0,
    end: { offset: 0, line: 0 },
    size: () => candidates.length + rejected.length,
    add(line, parsed) {
      if (!parsed.ok) {
        rejected.push({ line, ...parsed.rejection });
        return;
      }
      candidates.push({ index: lines.length, event: parsed.event });
      lines.push(line);
      this.bytes += parsed.bytes;
    },
  };
}

function isBlankLine(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09);
}
