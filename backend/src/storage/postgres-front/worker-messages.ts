import { z } from 'zod';

/** To the thread of the engine. Id 0 asks it to close. */
export interface WorkerRequest {
  readonly id: number;
  readonly messages: readonly Uint8Array[];
}

export const workerRequest = z.object({ id: z.int(), messages: z.array(z.instanceof(Uint8Array)) });

/** From it. Id 0 says that the engine is open. */
export const workerAnswer = z.object({
  id: z.int(),
  answers: z.array(z.instanceof(Uint8Array)),
  fault: z.string().optional(),
});

export const workerOptions = z.object({ folder: z.string() });
