import http from 'node:http';
import https from 'node:https';
import type { Request, Response } from 'express';
import type { ProxyDecision } from './proxy-route.js';

type Forward = Extract<ProxyDecision, { kind: 'forward' }>;

/** Hop-by-hop headers, and what must not leave the page's own origin: cookies, credentials and where it was asked. */
const withheldRequestHeaders = new Set([
  'authorization',
  'connection',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'origin',
  'proxy-authorization',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
  'x-forwarded-host',
]);

const withheldResponseHeaders = new Set([
  'connection',
  'keep-alive',
  'set-cookie',
  'transfer-encoding',
  'upgrade',
]);

function requestHeaders(request: Request, forward: Forward): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !withheldRequestHeaders.has(name) && !name.startsWith('sec-')) {
      headers[name] = value;
    }
  }
  for (const { name, value } of forward.headers) {
    headers[name.toLowerCase()] = value;
  }
  return { ...headers, 'x-grafana-user': 'workbench' };
}

/** What `text/event-stream` promises is to be there when something happens, however long that takes. */
function isEventStream(headers: http.IncomingHttpHeaders): boolean {
  return (headers['content-type'] ?? '').startsWith('text/event-stream');
}

/**
 * Streams the request to the target and its answer back, each piece as it comes. A client that goes away aborts the
 * upstream request; a target that cannot be reached is answered 502, one that is too slow 504, both with an empty body
 * as Grafana does. Streams of events may be silent for as long as they like.
 */
export function forwardRequest(
  request: Request,
  response: Response,
  forward: Forward,
  timeoutMs: number,
): void {
  const client = forward.url.protocol === 'https:' ? https : http;
  let timedOut = false;
  const upstream = client.request(
    forward.url,
    { method: request.method, headers: requestHeaders(request, forward), timeout: timeoutMs },
    (answer) => {
      response.status(answer.statusCode ?? 502);
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined && !withheldResponseHeaders.has(name)) {
          response.setHeader(name, value);
        }
      }
      response.setHeader('content-security-policy', 'sandbox');
      if (isEventStream(answer.headers)) {
        upstream.setTimeout(0);
      }
      // The browser learns that the stream is open before its first event.
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    },
  );
  upstream.on('timeout', () => {
    timedOut = true;
    upstream.destroy();
  });
  upstream.on('error', () => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.status(timedOut ? 504 : 502).end();
  });
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}
