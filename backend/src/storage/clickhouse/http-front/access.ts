import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FrontError } from './front-error.js';

const userName = 'default';

/**
 * Throws unless the request comes from a program on this machine that knows user and password. Web pages in a browser
 * on this machine could reach the port too: they send an origin, or a host name that they have pointed here.
 */
export function requireAccess(request: IncomingMessage, url: URL, password: string): void {
  const { host = '', origin } = request.headers;
  const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host);
  if (origin !== undefined || !isLocal) {
    const reason = 'Requests from web pages, or under another host name than localhost, are refused';
    throw new FrontError(497, 'ACCESS_DENIED', reason, 403);
  }
  const given = readCredentials(request, url);
  const isRight = [isSame(given.user, userName), isSame(given.password, password)];
  if (isRight.includes(false)) {
    const reason = `${given.user}: Authentication failed: password is incorrect, or there is no user with such name`;
    throw new FrontError(516, 'AUTHENTICATION_FAILED', reason, 403);
  }
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

function readCredentials({ headers }: IncomingMessage, url: URL): Credentials {
  const user = headers['x-clickhouse-user'];
  const key = headers['x-clickhouse-key'];
  if (typeof user === 'string' || typeof key === 'string')
    return { user: String(user ?? userName), password: String(key ?? '') };
  const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'basic') {
    const text = Buffer.from(token, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return { user: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return {
    user: url.searchParams.get('user') ?? userName,
    password: url.searchParams.get('password') ?? '',
  };
}

/** Takes the same time wherever two texts differ. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
