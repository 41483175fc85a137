import type { DataFrame, DataQueryResponse } from '@grafana/data';

/** The members of something of the host's that a test needs, for the whole of it. */
export function pretend<T>(part: object): T;
export function pretend(part: object): unknown {
  return part;
}

/** Grafana says of an answer only that it has data; ours are frames. */
export function framesOf(response: DataQueryResponse): DataFrame[];
export function framesOf({ data }: { data: unknown }): unknown {
  return data;
}
