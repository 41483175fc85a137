import type { BrandingRequest, TenantBranding } from '@coditect/contracts';

export interface StoredBranding {
  /** `#rrggbb`. */
  readonly colour: string | null;
  readonly logo: Uint8Array | null;
  readonly updatedAt: Date;
}

/** How the reports of each tenant look, part of the control data. Checks nothing. Writes are durable when they resolve. */
export interface BrandingStore {
  find(tenantId: string): Promise<StoredBranding | undefined>;
  /** Replaces what there was. Throws `AppError` `tenant_unknown`. */
  put(tenantId: string, branding: Pick<StoredBranding, 'colour' | 'logo'>): Promise<StoredBranding>;
  /** Removing what is not there is no error. */
  remove(tenantId: string): Promise<void>;
}

/** The same for those who ask, with everything checked that could spoil a report. */
export interface BrandingSettings {
  /** Nulls where there is none. */
  get(tenantId: string): Promise<TenantBranding>;
  /** Throws `AppError` 422 `colour_too_light`, `logo_invalid`, `logo_too_large`, and what the store throws. */
  put(tenantId: string, request: BrandingRequest): Promise<TenantBranding>;
  remove(tenantId: string): Promise<void>;
}
