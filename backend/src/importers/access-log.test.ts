import { parseAccessLogTime, readAccessLogLine } from './access-log-line.js';
import { detectFormat } from './detect-format.js';
import { createAccessLogParser } from './parse-access-log-line.js';
import { toRoute } from './to-route.js';

const common = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif?x=1 HTTP/1.0" 200 2326';
const combined = `${common} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"`;

function parse(text: string, options: { isCombined?: boolean; offset?: number } = {}) {
  const parser = createAccessLogParser({ fileName: 'access.log', isCombined: options.isCombined ?? false });
  const bytes = Buffer.from(text);
  return parser({ number: 1, offset: options.offset ?? 0, endOffset: 0, bytes });
}

describe('access log line', () => {
  it('becomes a request event with route, status, size, user and the time in UTC', () => {
    expect(parse(common)).toMatchObject({
      ok: true,
      event: {
        specversion: '1.0',
        source: '/import/access-log/access.log',
        type: 'ai.coditect.api.request.completed.v1',
        time: '2000-10-10T20:55:36.000Z',
        data: {
          method: 'GET',
          route: '/apache_pb.gif',
          statusCode: 200,
          responseBytes: 2326,
          userId: 'frank',
        },
      },
    });
  });

  it('keeps neither host, nor query, nor referrer, nor agent', () => {
    expect(JSON.stringify(parse(combined))).not.toMatch(/127\.0\.0\.1|x=1|example\.com|Mozilla/);
  });

  it('leaves out a user and a size that are not known', () => {
    const parsed = parse('::1 - - [10/Oct/2000:13:55:36 +0000] "HEAD / HTTP/2" 304 -');
    expect(parsed).toMatchObject({
      ok: true,
      event: { data: { method: 'HEAD', route: '/', statusCode: 304 } },
    });
    expect(JSON.stringify(parsed)).not.toMatch(/userId|responseBytes/);
  });

  it('is the same event at the same place, and another one at another place', () => {
    const ids = [parse(common), parse(common), parse(common, { offset: 90 })].map((parsed) =>
      JSON.stringify(parsed),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('reads quotes behind backslashes, spaces in user names, and fields that servers add', () => {
    const text =
      'h - jane doe [10/Oct/2000:13:55:36 +0530] "GET /a\\"b HTTP/1.1" 200 5 "-" "say \\"hi\\"" rt=0.1 "extra"';
    expect(readAccessLogLine(text)).toMatchObject({
      authUser: 'jane doe',
      request: 'GET /a\\"b HTTP/1.1',
      isCombined: true,
    });
    expect(parse(text, { isCombined: true })).toMatchObject({
      ok: true,
      event: { time: '2000-10-10T08:25:36.000Z' },
    });
  });

  it.each([
    ['', 'not_access_log'],
    ['garbage', 'not_access_log'],
    ['h - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1', 'not_access_log'],
    ['h - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200', 'not_access_log'],
    ['h - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" abc 5', 'not_access_log'],
    ['h - - [31/Jun/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 5', 'time_invalid'],
    ['h - - [10/Okt/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 5', 'time_invalid'],
    ['h - - [10/Oct/2000:25:55:36 -0700] "GET / HTTP/1.1" 200 5', 'time_invalid'],
    ['h - - [10/Oct/2000:13:55:36 -0700] "-" 408 0', 'request_invalid'],
    ['h - - [10/Oct/2000:13:55:36 -0700] "\\x16\\x03\\x01" 400 0', 'request_invalid'],
  ])('refuses %p with %s', (text, code) => {
    expect(parse(text)).toMatchObject({ ok: false, rejection: { code } });
  });

  it('refuses a common line where the combined format was asked for', () => {
    expect(parse(common, { isCombined: true })).toMatchObject({ ok: false });
    expect(parse(combined, { isCombined: true })).toMatchObject({ ok: true });
  });
});

describe('parseAccessLogTime', () => {
  it.each([
    ['29/Feb/2024:23:59:59 +0000', '2024-02-29T23:59:59.000Z'],
    ['01/Jan/2024:00:10:00 +0545', '2023-12-31T18:25:00.000Z'],
    ['30/Jun/2015:23:59:60 +0000', '2015-06-30T23:59:59.000Z'],
  ])('reads %p as %p', (text, time) => {
    expect(parseAccessLogTime(text)).toBe(time);
  });
});

describe('toRoute', () => {
  it.each([
    ['/v2/54fadb412c4e40cdbaed9335e4c35a9e/servers/42?x=1#y', '/v2/:id/servers/:id'],
    ['/u/6F9619FF-8B86-D011-B42D-00CF4FC964FF/', '/u/:id/'],
    ['https://api.example.com/a/1', '/a/:id'],
    ['https://api.example.com', '/'],
    ['?q=1', '/'],
    ['*', '*'],
    ['/v1.2/report-2024', '/v1.2/report-2024'],
  ])('makes %p the route %p', (target, route) => {
    expect(toRoute(target)).toBe(route);
  });

  it('cuts a route to what an event may hold', () => {
    expect(toRoute(`/${'a'.repeat(2_000)}`)).toHaveLength(512);
  });
});

describe('detectFormat', () => {
  it.each([
    ['\uFEFF{"specversion":"1.0"}\n', 'cloudevents'],
    ['\n\n  {"a":1}', 'cloudevents'],
    [`${combined}\n`, 'clf'],
    [`half a li\n${common}\r\n`, 'clf'],
    ['a,b,c\n1,2,3\n', undefined],
    ['[{"specversion":"1.0"}]', undefined],
  ])('takes %p for %p', (head, format) => {
    expect(detectFormat(Buffer.from(head))).toBe(format);
  });
});
