/** A value of an attribute, after OTLP's `AnyValue` was unwrapped. 64-bit whole numbers that JavaScript can't hold are text. */
export type OtlpValue =
  string | number | boolean | null | readonly OtlpValue[] | { readonly [name: string]: OtlpValue };

export type OtlpAttributes = Readonly<Record<string, OtlpValue>>;

/** One log record with everything that stands around it in the request. */
export interface OtlpLogRecord {
  readonly resource: OtlpAttributes;
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: OtlpAttributes };
  /** Epoch milliseconds with fraction; `undefined` where the sender gave none. */
  readonly timeMs: number | undefined;
  readonly observedTimeMs: number | undefined;
  /** The same two as they were sent, nanoseconds in decimal: they tell records apart. */
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: OtlpValue;
  readonly attributes: OtlpAttributes;
  /** Hexadecimal, '' when absent. */
  readonly traceId: string;
  readonly spanId: string;
}
