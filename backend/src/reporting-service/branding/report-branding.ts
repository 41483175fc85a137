import type { BrandingStore } from '../../platform/branding.js';
import type { Branding } from '../document/report-document.js';
import { inspectLogo } from './inspect-logo.js';
import { LogoError } from './logo-error.js';

/** Branding as a report takes it. What is in the store was checked, but maybe by an earlier version, or not by us. */
export function createBrandingReader(store: BrandingStore): (tenantId: string) => Promise<Branding> {
  return async (tenantId) => {
    const found = await store.find(tenantId);
    const colour = found?.colour ?? null;
    return { ...(colour !== null && { colour }), ...(await readLogo(found?.logo ?? null)) };
  };
}

async function readLogo(logo: Uint8Array | null): Promise<Pick<Branding, 'logo' | 'isLogoLeftOut'>> {
  if (logo === null) return {};
  try {
    await inspectLogo(logo);
    return { logo };
  } catch (error) {
    if (error instanceof LogoError) return { isLogoLeftOut: true };
    throw error;
  }
}
