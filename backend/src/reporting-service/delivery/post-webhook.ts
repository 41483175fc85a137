import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { DeliveryError } from './delivery-error.js';
import { hostOf, isPublicAddress, type ResolvedAddress, type ResolveHost } from './public-address.js';

export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostWebhookOptions {
  readonly resolve: ResolveHost;
  /** Addresses that are not of the public internet, for tests and development. */
  readonly allowPrivate: boolean;
  /** For all of it: name, connection, answer. */
  readonly timeoutMs: number;
}

type Addresses = readonly [ResolvedAddress, ...ResolvedAddress[]];

const gone = 410;

/**
 * Posts to one of the addresses that the name has now, and to no other one; redirects are not followed. Resolves when it was
 * answered with 2xx, rejects with `DeliveryError`.
 */
export async function postWebhook(post: WebhookPost, options: PostWebhookOptions): Promise<void> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const url = new URL(post.url);
  const addresses = await findAddresses(hostOf(url), timeout, options);
  const status = await send(url, addresses, post, timeout, options.timeoutMs);
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400) {
    const reason = `The receiver answered with ${status}. Redirects are not followed: give the address it leads to.`;
    throw new DeliveryError(reason, { isRetryable: false });
  }
  throw new DeliveryError(`The receiver answered with ${status}.`, { isRetryable: status !== gone });
}

async function findAddresses(
  host: string,
  timeout: AbortSignal,
  { resolve, allowPrivate, timeoutMs }: PostWebhookOptions,
): Promise<Addresses> {
  const family = isIP(host);
  const found =
    family === 0 ? await resolveInTime(host, resolve, timeout, timeoutMs) : [{ address: host, family }];
  const [first, ...others] = allowPrivate ? found : found.filter((one) => isPublicAddress(one.address));
  if (first !== undefined) return [first, ...others];
  const reason = 'The receiver is in a private network, to which nothing is sent.';
  throw new DeliveryError(reason, { isRetryable: false });
}

async function resolveInTime(
  host: string,
  resolve: ResolveHost,
  timeout: AbortSignal,
  timeoutMs: number,
): Promise<readonly ResolvedAddress[]> {
  // Looking up a name can't be stopped; what comes after the time is not waited for.
  const late = new Promise<never>((_resolve, reject) => {
    timeout.addEventListener('abort', () => {
      reject(noAnswer(timeoutMs));
    });
  });
  try {
    return await Promise.race([resolve(host), late]);
  } catch (cause) {
    if (cause instanceof DeliveryError) throw cause;
    throw new DeliveryError('The name of the receiver is not known.', { isRetryable: true, cause });
  }
}

/** Answers with the status. */
async function send(
  url: URL,
  addresses: Addresses,
  { headers, body }: WebhookPost,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<number> {
  // The connection goes where was looked, whatever DNS says by then. Node tries one after the other: a receiver may have an
  // address of a kind that leads nowhere from here.
  const pinned: LookupFunction = (_host, asked, answer) => {
    const [{ address, family }] = addresses;
    if (asked.all === true) answer(null, [...addresses]);
    else answer(null, address, family);
  };
  const length = String(Buffer.byteLength(body));
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': length, connection: 'close' },
    lookup: pinned,
    agent: false,
    signal,
  };
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  try {
    return await new Promise<number>((resolve, reject) => {
      const sent = request(url, options, (answer: IncomingMessage) => {
        resolve(answer.statusCode ?? 0);
        // Nobody reads what it says.
        answer.on('error', () => undefined).destroy();
      });
      sent.once('error', reject);
      sent.end(body);
    });
  } catch (cause) {
    if (signal.aborted) throw noAnswer(timeoutMs);
    const reason = `No connection to the receiver${codeOf(cause)}.`;
    throw new DeliveryError(reason, { isRetryable: true, cause });
  }
}

function codeOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? ` (${error.code})` : '';
}

function noAnswer(timeoutMs: number): DeliveryError {
  return new DeliveryError(`The receiver did not answer within ${timeoutMs} ms.`, { isRetryable: true });
}
