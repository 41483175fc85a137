/** Why a picture can't be a logo, in a sentence. */
export class LogoError extends Error {
  constructor(
    reason: string,
    readonly code: 'logo_invalid' | 'logo_too_large' = 'logo_invalid',
  ) {
    super(reason);
    this.name = 'LogoError';
  }
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}
