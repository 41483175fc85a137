import { contentDisposition, parseIdempotencyKey, parsePage } from './parse-report.js';
import { fileNameOf } from '../render/describe-report.js';

describe('contentDisposition', () => {
  it('says the true name, and a plain one that nothing can be smuggled into', () => {
    expect(contentDisposition('売上 "Q1"; filename=x.pdf')).toBe(
      `attachment; filename="_ _Q1__ filename=x.pdf"; filename*=UTF-8''%E5%A3%B2%E4%B8%8A%20%22Q1%22%3B%20filename%3Dx.pdf`,
    );
    expect(contentDisposition('．．／a：b＊.pdf')).toContain('filename=".._a_b_.pdf"');
    expect(contentDisposition("it's (1)*.csv")).toContain("filename*=UTF-8''it%27s%20%281%29%2A.csv");
  });
});

describe('fileNameOf', () => {
  it('is a name on every machine', () => {
    expect(fileNameOf('../../etc/passwd', 'csv')).toBe('etc passwd.csv');
    expect(fileNameOf('a\r\nb\u0000c\u202Ed', 'pdf')).toBe('a b c d.pdf');
    expect(fileNameOf('...', 'pdf')).toBe('report.pdf');
    expect(fileNameOf('Été: 1/2', 'zip')).toBe('Été 1 2.zip');
    expect(fileNameOf('x'.repeat(500), 'csv')).toHaveLength(200);
    expect(Buffer.byteLength(fileNameOf('漢'.repeat(200), 'csv'))).toBe(199);
    expect(fileNameOf(`${'x'.repeat(195)}...y`, 'csv')).toBe(`${'x'.repeat(195)}.csv`);
    expect(fileNameOf('\uD800', 'csv')).toBe('report.csv');
    expect(contentDisposition(fileNameOf(`x${'😀'.repeat(100)}`.repeat(2), 'csv'))).toContain('%F0%9F%98%80');
  });
});

describe('parameters of a list', () => {
  it('take several states, once or with commas', () => {
    expect(parsePage({ state: 'done,failed' }).states).toEqual(['done', 'failed']);
    expect(parsePage({ state: ['done', 'failed'] }).states).toEqual(['done', 'failed']);
    expect(parsePage({})).toEqual({ limit: 50, before: undefined, states: [] });
  });
});

describe('an Idempotency-Key', () => {
  it('is visible ASCII, or none', () => {
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
    expect(parseIdempotencyKey('k-1')).toBe('k-1');
    expect(() => parseIdempotencyKey('')).toThrow('visible ASCII');
    expect(() => parseIdempotencyKey('x'.repeat(256))).toThrow('visible ASCII');
  });
});
