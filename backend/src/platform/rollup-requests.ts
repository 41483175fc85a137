import { z } from 'zod';

/** Local days to roll up anew, of one tenant or of all. `to` is exclusive; both are dates such as 2026-03-01. */
export const rollupRequestSchema = z.strictObject({
  tenant: z.string().optional(),
  from: z.string(),
  to: z.string(),
});
export type RollupRequest = z.infer<typeof rollupRequestSchema>;

export const rollupReportSchema = z.object({
  tenants: z.array(
    z.object({
      tenant: z.string(),
      /** Days that were made anew. */
      days: z.int(),
      /** Days that stay as they are, because their events have left landing. */
      dropped: z.array(z.string()).readonly(),
      /** Another process had this tenant in hand: nothing was done. */
      isBusy: z.boolean(),
    }),
  ),
});
export type RollupReport = z.infer<typeof rollupReportSchema>;
