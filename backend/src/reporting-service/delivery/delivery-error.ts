/** A delivery did not arrive. The reason is shown to the tenant and tells nothing of our inside; the cause is for the log. */
export class DeliveryError extends Error {
  /** Can another attempt end otherwise? */
  readonly isRetryable: boolean;

  constructor(reason: string, options: { readonly isRetryable: boolean; readonly cause?: unknown }) {
    super(reason, { cause: options.cause });
    this.name = 'DeliveryError';
    this.isRetryable = options.isRetryable;
  }
}
