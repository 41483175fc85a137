import { readFile } from 'node:fs/promises';
import type { SecureContextOptions } from 'node:tls';
import { AppError } from '../../platform/errors.js';

/** Files of PEM for `amqps://`. They are read at each connect, so that certificates may be replaced meanwhile. */
export interface BrokerTls {
  /** Whom to trust, instead of the authorities that Node brings. */
  readonly caFile?: string | undefined;
  /** Who this process is, where the broker asks for it. The two go together. */
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** Throws `AppError` `broker_tls_file` when a file can't be read. */
export async function readTls(tls: BrokerTls = {}): Promise<SecureContextOptions> {
  const [ca, cert, key] = await Promise.all([
    readPem('RABBITMQ_CA_FILE', tls.caFile),
    readPem('RABBITMQ_CERTIFICATE_FILE', tls.certificateFile),
    readPem('RABBITMQ_KEY_FILE', tls.keyFile),
  ]);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

async function readPem(variable: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    throw new AppError('broker_tls_file', `The file that ${variable} names can not be read: ${file}`, {
      status: 500,
      cause,
    });
  }
}

/** What Node says of a certificate that it does not trust. */
const untrustedCodes: ReadonlySet<unknown> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The error of a connect, as `broker_untrusted` where it is the broker's certificate: waiting makes none better. */
export function toConnectError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error)) return error;
  if (!untrustedCodes.has(error.code)) return error;
  const reason = 'message' in error ? String(error.message) : String(error.code);
  return new AppError(
    'broker_untrusted',
    `The certificate of the message broker is not trusted: ${reason}. RABBITMQ_CA_FILE names the authority that signed it.`,
    { status: 500, cause: error },
  );
}
