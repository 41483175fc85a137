import type { TenantBranding } from '@coditect/contracts';
import type { BrandingSettings, BrandingStore, StoredBranding } from '../../platform/branding.js';
import { AppError } from '../../platform/errors.js';
import { contrastMin, contrastOnWhite, darkEnough, parseColour } from '../pdf/theme.js';
import { inspectLogo } from './inspect-logo.js';
import { LogoError } from './logo-error.js';

export interface BrandingSettingsOptions {
  readonly store: BrandingStore;
  /** Puts the logo on a page as a report would. Answers false where that fails. */
  readonly canDraw: (logo: Uint8Array) => Promise<boolean>;
}

/** Nothing is stored that a report could stumble over. */
export function createBrandingSettings({ store, canDraw }: BrandingSettingsOptions): BrandingSettings {
  return {
    async get(tenantId) {
      return describe(await store.find(tenantId));
    },
    async put(tenantId, request) {
      const colour = request.colour?.toLowerCase() ?? null;
      if (colour !== null) checkColour(colour);
      const logo = typeof request.logo === 'string' ? await readLogo(request.logo, canDraw) : null;
      return describe(await store.put(tenantId, { colour, logo }));
    },
    async remove(tenantId) {
      await store.remove(tenantId);
    },
  };
}

function describe(branding: StoredBranding | undefined): TenantBranding {
  if (branding === undefined) return { colour: null, logo: null, updatedAt: null };
  const { colour, logo, updatedAt } = branding;
  return {
    colour,
    logo: logo === null ? null : Buffer.from(logo).toString('base64'),
    updatedAt: updatedAt.toISOString(),
  };
}

function checkColour(hex: string): void {
  const colour = parseColour(hex);
  const contrast = colour === undefined ? 0 : contrastOnWhite(colour);
  if (colour !== undefined && contrast >= contrastMin) return;
  // Rounded down, so that what is refused never reads as what is asked for.
  const shown = Math.floor(contrast * 10) / 10;
  const instead = colour === undefined ? '' : ` ${darkEnough(colour)} is the same colour, dark enough.`;
  const reason = `${hex} has a contrast of ${shown} to 1 on white; reports write in it, and need ${contrastMin} to 1.${instead}`;
  throw new AppError('colour_too_light', reason, { status: 422, pointer: '/colour', limit: contrastMin });
}

async function readLogo(base64: string, canDraw: BrandingSettingsOptions['canDraw']): Promise<Uint8Array> {
  try {
    const logo = Buffer.from(base64, 'base64');
    if (logo.toString('base64') !== base64) throw new LogoError('The logo is not base64.');
    await inspectLogo(logo);
    if (!(await canDraw(logo)))
      throw new LogoError('The logo can not be put into a PDF. Save it anew, as PNG.');
    return logo;
  } catch (error) {
    if (!(error instanceof LogoError)) throw error;
    throw new AppError(error.code, error.message, { status: 422, pointer: '/logo', cause: error });
  }
}
