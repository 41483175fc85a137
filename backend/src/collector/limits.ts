/** Bounds of one request and of one event. Everything above is refused with the bound's name in the answer. */
export interface CollectorLimits {
  /** Bytes of a request body as sent, before it is inflated. */
  readonly bodyBytesMax: number;
  /** Bytes of a request body after it was inflated. Inflating stops there. */
  readonly inflatedBytesMax: number;
  /** Events of one request to `/v1/events`. */
  readonly batchEventsMax: number;
  /** Records of one request to `/v1/logs`. Higher, because OpenTelemetry collectors batch 8,192 and drop what is refused. */
  readonly logRecordsMax: number;
  /** Attributes of one event: what is left of `data` when the typed columns are taken out, flattened. */
  readonly attributesMax: number;
  /** Characters of one attribute's text. */
  readonly attributeCharsMax: number;
  /** Characters of one attribute's name, after flattening. */
  readonly attributeNameCharsMax: number;
  /** Levels of objects and lists within `data`. */
  readonly depthMax: number;
  /** Hours that a producer's clock may run ahead of ours. */
  readonly futureSkewHours: number;
  /** Bytes of all bodies under way, as sent and inflated; beyond, 429. */
  readonly bodiesBytesMax: number;
  /** Requests being read or stored at the same time; one more is answered 429. */
  readonly requestsInFlightMax: number;
  /** Bytes of a webhook's body. Apart from the other bodies, because GitHub sends up to 25 MiB. */
  readonly webhookBytesMax: number;
  /** Webhooks being read or stored at the same time; one more is answered 429. Few, because each may be large. */
  readonly webhooksInFlightMax: number;
}

export const defaultCollectorLimits: CollectorLimits = {
  bodyBytesMax: 1_048_576,
  inflatedBytesMax: 8_388_608,
  batchEventsMax: 1_000,
  logRecordsMax: 10_000,
  attributesMax: 128,
  attributeCharsMax: 4_096,
  attributeNameCharsMax: 256,
  depthMax: 16,
  futureSkewHours: 24,
  bodiesBytesMax: 268_435_456,
  requestsInFlightMax: 256,
  webhookBytesMax: 26_214_400,
  webhooksInFlightMax: 16,
};
