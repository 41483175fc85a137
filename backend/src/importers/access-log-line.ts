/** The fields of one line of an access log as they are written, without the quotes. */
export interface AccessLogFields {
  readonly authUser: string;
  readonly time: string;
  readonly request: string;
  readonly status: string;
  readonly bytes: string;
  /** Referrer and user agent are there: combined format. */
  readonly isCombined: boolean;
}

/**
 * Takes a line of the common or combined log format apart:
 * `host ident user [time] "request" status bytes "referrer" "agent"`. Whatever follows is left alone: many servers add
 * fields of their own. Answers with the sentence that says what is missing when the line is something else.
 */
export function readAccessLogLine(text: string): AccessLogFields | { readonly missing: string } {
  const timeStart = text.indexOf(' [');
  const timeEnd = text.indexOf('] "', timeStart);
  if (timeStart === -1 || timeEnd === -1) return { missing: 'There is no [time] followed by a "request".' };
  const people = /^\S+ \S+ (\S.*)$/.exec(text.slice(0, timeStart));
  if (people === null) return { missing: 'There is no host, identity and user before the time.' };
  const request = readQuoted(text, timeEnd + 2);
  if (request === undefined) return { missing: 'The "request" does not end.' };
  const numbers = /^ (\d{3}) (\d+|-)(?= |$)/.exec(text.slice(request.end));
  if (numbers === null) return { missing: 'There are no status code and size after the request.' };
  const referrer = readQuoted(text, request.end + numbers[0].length + 1);
  const agent = referrer === undefined ? undefined : readQuoted(text, referrer.end + 1);
  return {
    authUser: people[1] ?? '-',
    time: text.slice(timeStart + 2, timeEnd),
    request: request.text,
    status: numbers[1] ?? '',
    bytes: numbers[2] ?? '',
    isCombined: agent !== undefined,
  };
}

/** The text between two quotes; a quote behind a backslash belongs to it. `end` is the place after the second one. */
function readQuoted(
  text: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  if (text[start] !== '"') return undefined;
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at < text.length ? { text: text.slice(start + 1, at), end: at + 1 } : undefined;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const timePattern = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;

/** `10/Oct/2000:13:55:36 -0700` as ISO-8601 UTC; `undefined` for what is no time. */
export function parseAccessLogTime(text: string): string | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [
    ,
    day = '',
    month = '',
    year = '',
    hour = '',
    minute = '',
    second = '',
    sign,
    offsetHours,
    offsetMinutes,
  ] = match;
  const monthNumber = months.indexOf(month) + 1;
  // A leap second is written as 60 and belongs to the minute that it ends.
  const wholeSecond = second === '60' ? '59' : second;
  const local = `${year}-${String(monthNumber).padStart(2, '0')}-${day}T${hour}:${minute}:${wholeSecond}`;
  const date = new Date(`${local}Z`);
  // An impossible day, such as the 31st of June, would otherwise run over into the next month.
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(local)) return undefined;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return new Date(date.getTime() + (sign === '+' ? -offsetMs : offsetMs)).toISOString();
}
