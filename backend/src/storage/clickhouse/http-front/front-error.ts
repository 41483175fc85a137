/** An error in ClickHouse's own words, so that its clients read code and type from it. */
export class FrontError extends Error {
  readonly code: number;
  readonly type: string;
  readonly status: number;

  constructor(code: number, type: string, reason: string, status: number) {
    super(reason);
    this.name = 'FrontError';
    this.code = code;
    this.type = type;
    this.status = status;
  }
}

/** What this front can't do, named. */
export function createUnsupported(what: string): FrontError {
  return new FrontError(48, 'NOT_IMPLEMENTED', `${what} not supported by npm run stores`, 501);
}

export interface ErrorAnswer {
  readonly status: number;
  readonly code: number;
  readonly text: string;
}

/** Statuses that a ClickHouse server answers with; every other code is 500. */
const statusOfCode = new Map<number, number>([
  ...[6, 26, 27, 36, 38, 41, 42, 43, 44, 53, 62, 69, 70, 72, 117, 131, 307, 376, 377, 396, 456, 457].map(
    (code) => [code, 400] as const,
  ),
  ...[46, 47, 60, 73, 81, 115].map((code) => [code, 404] as const),
  [48, 501],
  [159, 408],
  [164, 403],
  [202, 503],
]);

/** Any error as text of the form `Code: 62. DB::Exception: Reason. (TYPE)`. */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof FrontError) {
    const { code, message, status, type } = error;
    return { code, status, text: `Code: ${code}. DB::Exception: ${message}. (${type})\n` };
  }
  const message = error instanceof Error ? error.message : String(error);
  const found = /Code: (\d+)\. DB::\w*Exception: [\s\S]*\([A-Z0-9_]+\)/.exec(message);
  // 1002 is what a server says of an exception that is none of its own.
  if (found === null)
    return { code: 1002, status: 500, text: `Code: 1002. DB::Exception: ${message}. (UNKNOWN_EXCEPTION)\n` };
  const code = Number(found[1]);
  return { code, status: statusOfCode.get(code) ?? 500, text: `${message.trimEnd()}\n` };
}
