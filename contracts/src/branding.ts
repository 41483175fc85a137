import { z } from 'zod';

/** Replaces what there was: what is absent or null is none. */
export const brandingRequestSchema = z
  .strictObject({
    colour: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, 'A colour is # and six hexadecimal digits, such as #0b6e5f')
      .nullish()
      .describe('`#rrggbb`, with a contrast of at least 4.5 to 1 on white.'),
    logo: z
      .string()
      .min(1)
      .nullish()
      .describe('A PNG or JPEG in base64, at most 512 KiB and 1,200 pixels a side.'),
  })
  .refine(({ colour, logo }) => (colour ?? logo ?? null) !== null, 'Give a colour, a logo or both');
export type BrandingRequest = z.infer<typeof brandingRequestSchema>;

/** How the reports of a tenant look. */
export const brandingSchema = z.object({
  colour: z.string().nullable(),
  logo: z.string().nullable().describe('In base64.'),
  updatedAt: z.string().nullable().describe('ISO-8601 UTC; null where there is no branding.'),
});
export type TenantBranding = z.infer<typeof brandingSchema>;
