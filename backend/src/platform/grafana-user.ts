import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { JWTPayload, JWTVerifyResult } from 'jose' with { 'resolution-mode': 'import' };
import { AppError } from './errors.js';
import type { UserRole } from './user-roles.js';

/** The person for whom Grafana asks. Says nothing about what may be seen: that is the key's alone. */
export interface GrafanaUser {
  readonly name: string;
  /** Grafana has signed it. Otherwise the holder of the key says so. */
  readonly isVerified: boolean;
  /** In the organisation for which Grafana asks. Of verified users only, where Grafana says it. */
  readonly role?: UserRole;
}

/**
 * Reads who asks; `undefined` where nobody is named. Throws `AppError`: 401 `grafana_id_invalid` for a signed identity that
 * is forged, over or no identity, 503 `grafana_keys_unavailable` while Grafana's keys can't be had.
 */
export type ReadGrafanaUser = (headers: IncomingHttpHeaders) => Promise<GrafanaUser | undefined>;

const nameCharsMax = 128;
const tokenCharsMax = 8_192;
const clockToleranceSeconds = 5;
/** What Grafana signs with; `none` and shared secrets are never taken. */
const algorithms = ['ES256', 'ES384', 'RS256'];
const keysTimeoutMs = 3_000;

/** What is said, as it is said: without the address of Grafana's keys nobody can tell. */
export function readUserAsSaid(headers: IncomingHttpHeaders): Promise<GrafanaUser | undefined> {
  return Promise.resolve(saidUser(headers));
}

export interface GrafanaTrust {
  /** Where Grafana's public keys are; without it nothing is verified. */
  readonly jwksUrl: string | undefined;
  /** Grafana's `root_url`; another one's signature is refused. */
  readonly issuer: string | undefined;
  /** `org:1` and so on; who belongs to none of these organisations is refused. */
  readonly audience: readonly string[] | undefined;
}

/** With the address of Grafana's keys `X-Grafana-Id` is verified and goes before `X-Grafana-User`. */
export function createGrafanaUserReader(trust: GrafanaTrust): ReadGrafanaUser {
  const { jwksUrl } = trust;
  if (jwksUrl === undefined) return readUserAsSaid;
  let verify: Promise<VerifyIdentity> | undefined;
  return async (headers) => {
    const token = headers['x-grafana-id'];
    if (token === undefined) return saidUser(headers);
    if (typeof token !== 'string' || token.length > tokenCharsMax) throw refused();
    verify ??= openVerifier(new URL(jwksUrl), trust);
    const { payload } = await (await verify)(token);
    const role = roleOf(payload);
    return { name: nameOf(payload), isVerified: true, ...(role !== undefined && { role }) };
  };
}

type VerifyIdentity = (token: string) => Promise<JWTVerifyResult>;

/** Loaded only where it is configured. */
async function openVerifier(
  jwksUrl: URL,
  { audience, issuer }: Omit<GrafanaTrust, 'jwksUrl'>,
): Promise<VerifyIdentity> {
  const { createRemoteJWKSet, errors, jwtVerify } = await import('jose');
  const keys = createRemoteJWKSet(jwksUrl, { timeoutDuration: keysTimeoutMs });
  const faults = [
    errors.JWTInvalid,
    errors.JWTExpired,
    errors.JWTClaimValidationFailed,
    errors.JWSInvalid,
    errors.JWSSignatureVerificationFailed,
    errors.JWKSNoMatchingKey,
    errors.JOSEAlgNotAllowed,
    errors.JOSENotSupported,
  ];
  return async (token) => {
    try {
      return await jwtVerify(token, keys, {
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
        ...(issuer !== undefined && { issuer: spellingsOf(issuer) }),
        ...(audience !== undefined && { audience: [...audience] }),
      });
    } catch (cause) {
      if (faults.some((fault) => cause instanceof fault)) throw refused(cause);
      throw new AppError('grafana_keys_unavailable', "Grafana's signing keys can not be had now.", {
        status: 503,
        retryable: true,
        retryAfterSeconds: 2,
        cause,
      });
    }
  };
}

/** Grafana signs with a slash at the end of its address, however it is written in its settings. */
function spellingsOf(issuer: string): string[] {
  const bare = issuer.replace(/\/+$/, '');
  return [bare, `${bare}/`];
}

function refused(cause?: unknown): AppError {
  const reason = 'X-Grafana-Id is not signed by our Grafana for one of our organisations, or is over.';
  return new AppError('grafana_id_invalid', reason, { status: 401, cause });
}

/** Grafana's login where the identity has one (people), its id else (service accounts of older versions). */
function nameOf(payload: JWTPayload): string {
  const { username, sub } = payload;
  const name = cleanName(typeof username === 'string' ? username : undefined) ?? cleanName(sub);
  if (name === undefined) throw refused();
  return name;
}

const grafanaRoles: ReadonlyMap<unknown, UserRole> = new Map([
  ['None', 'none'],
  ['Viewer', 'viewer'],
  ['Editor', 'operator'],
  ['Admin', 'admin'],
]);

function roleOf({ role }: JWTPayload): UserRole | undefined {
  return grafanaRoles.get(role);
}

function saidUser(headers: IncomingHttpHeaders): GrafanaUser | undefined {
  const said = headers['x-grafana-user'];
  const name = cleanName(typeof said === 'string' ? said : undefined);
  return name === undefined ? undefined : { name, isVerified: false };
}

/** A client may send anything: nothing that breaks a line, and no more than a name. */
function cleanName(text: string | undefined): string | undefined {
  const cleaned = text
    ?.replaceAll(/[\p{Cc}\p{Cs}]/gu, '')
    .trim()
    .slice(0, nameCharsMax);
  return cleaned === '' ? undefined : cleaned;
}

const users = new WeakMap<IncomingMessage, GrafanaUser>();

/** To stand before the routes: who asks is known to everything behind it. */
export function identifyGrafanaUser(read: ReadGrafanaUser): RequestHandler {
  return async (request, _response, next) => {
    await nameUser(request, read);
    next();
  };
}

/**
 * Reads once more who asks: for a request that is answered for longer than its identity is good. Throws what the reader
 * throws.
 */
export async function nameUser(request: IncomingMessage, read: ReadGrafanaUser): Promise<void> {
  const user = await read(request.headers);
  if (user !== undefined) users.set(request, user);
}

/** `undefined` where Grafana names nobody, and for a request that was refused before. */
export function grafanaUserOf(request: IncomingMessage): GrafanaUser | undefined {
  return users.get(request);
}
