import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { DeliveryError } from './delivery-error.js';

export interface Mail {
  readonly to: string;
  /** Stable over attempts. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly attachment:
    { readonly name: string; readonly contentType: string; readonly content: Readable } | undefined;
}

/** Resolves when the mail server has taken it, rejects with `DeliveryError`. */
export type SendMail = (mail: Mail) => Promise<void>;

export interface SmtpOptions {
  /** `smtp://user:password@host:587` or `smtps://...`; what nodemailer knows can be set in its query. */
  readonly url: string;
  readonly from: string;
  readonly timeoutMs: number;
}

/** Sends by SMTP, each mail over a connection of its own. */
export function createSendMail({ url, from, timeoutMs }: SmtpOptions): SendMail {
  const transport = createTransport(withDefaults(url, timeoutMs));
  const domain = from.replace(/>\s*$/, '').split('@').at(-1) ?? 'coditect';
  return async ({ to, id, subject, text, attachment }) => {
    // A server that takes a byte now and then is never silent.
    const late = setTimeout(
      () => attachment?.content.destroy(new Error('the mail takes too long')),
      sendMsMax,
    );
    try {
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
        attachments:
          attachment === undefined
            ? []
            : [
                {
                  filename: attachment.name,
                  contentType: attachment.contentType,
                  content: attachment.content,
                },
              ],
      });
    } catch (error) {
      throw judge(error);
    } finally {
      clearTimeout(late);
      attachment?.content.destroy();
    }
  };
}

/** Well before the delivery counts as abandoned, and is begun elsewhere. */
const sendMsMax = 240_000;

/** In the address itself: beside one, nodemailer hears no other options. */
function withDefaults(given: string, timeoutMs: number): string {
  const url = new URL(given);
  const defaults: Record<string, string> = {};
  for (const name of ['connectionTimeout', 'greetingTimeout', 'socketTimeout', 'dnsTimeout']) {
    defaults[name] = String(timeoutMs);
  }
  // A password does not travel in plain text because somebody on the way has struck out STARTTLS.
  if (url.password !== '' && !url.searchParams.has('ignoreTLS')) defaults['requireTLS'] = 'true';
  for (const [name, value] of Object.entries(defaults)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url.toString();
}

const reasonCharsMax = 300;

/** What the server says of a recipient or a mail is told; what happens on the way to it is ours alone. */
function judge(error: unknown): DeliveryError {
  const { code, responseCode, response } = detailsOf(error);
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') {
    return new DeliveryError('The mail server can not be reached, or does not let us in.', {
      isRetryable: true,
      cause: error,
    });
  }
  const said = response.replace(/\p{Cc}+/gu, ' ').slice(0, reasonCharsMax);
  return new DeliveryError(`The mail server refuses it: ${said}`, {
    isRetryable: responseCode < 500,
    // What it said names people, and goes to no log.
    cause: new Error(`refused with ${responseCode}`),
  });
}

function detailsOf(error: unknown): { code: string; responseCode: number; response: string } {
  const details = { code: '', responseCode: 0, response: 'without a reason' };
  if (!(error instanceof Error)) return details;
  if ('code' in error && typeof error.code === 'string') details.code = error.code;
  if ('responseCode' in error && typeof error.responseCode === 'number')
    details.responseCode = error.responseCode;
  if ('response' in error && typeof error.response === 'string') details.response = error.response;
  return details;
}
