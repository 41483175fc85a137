import { z } from 'zod';
import type { ReportDocument } from '../document/report-document.js';

/** What the worker says: how far it is, then the file or why there is none. */
export const workerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), share: z.number() }),
  z.object({ kind: z.literal('file'), bytes: z.instanceof(Uint8Array) }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type WorkerMessage = z.infer<typeof workerMessage>;

/** What the worker is started with: plain data of our own, cloned on the way. */
export const workerInput = z.object({
  document: z.custom<ReportDocument>((value) => typeof value === 'object' && value !== null),
});

/** What a try of a logo is started with. */
export const logoInput = z.object({ logo: z.instanceof(Uint8Array) });
