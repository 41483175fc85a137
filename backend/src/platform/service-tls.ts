import { readFile } from 'node:fs/promises';
import type { ServerOptions } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { RequestHandler } from 'express';
import { AppError } from './errors.js';

/** Files of PEM, read when the service starts. */
export interface ServiceTls {
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Whose clients are let in; without it certificates of clients do not matter. */
  readonly clientCaFile?: string | undefined;
}

/** `undefined` where the service answers over plain HTTP. Throws `AppError` `tls_file` when a file can't be read. */
export async function readServiceTls(tls: ServiceTls = {}): Promise<ServerOptions | undefined> {
  const { certificateFile, clientCaFile, keyFile } = tls;
  if (certificateFile === undefined || keyFile === undefined) return undefined;
  const [cert, key, ca] = await Promise.all([
    readPem('TLS_CERTIFICATE_FILE', certificateFile),
    readPem('TLS_KEY_FILE', keyFile),
    clientCaFile === undefined ? undefined : readPem('TLS_CLIENT_CA_FILE', clientCaFile),
  ]);
  // Who has none is refused by the route: what asks whether we live has no certificate.
  const ofClients = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false };
  return { cert, key, minVersion: 'TLSv1.2', ...ofClients };
}

async function readPem(variable: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const reason = `The file that ${variable} names can not be read: ${file}`;
    throw new AppError('tls_file', reason, { status: 500, cause });
  }
}

/** Container platforms ask these, and can show no certificate. They tell nothing but that. */
const openPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** To stand before everything else. Throws `AppError` 401 `certificate_missing`. */
export function requireCertificate(): RequestHandler {
  return (request, _response, next) => {
    const { socket } = request;
    if (openPaths.has(request.path) || (socket instanceof TLSSocket && socket.authorized)) next();
    else
      throw new AppError('certificate_missing', 'Show a certificate of an authority that is known here.', {
        status: 401,
      });
  };
}
