/**
 * How Node runs the backend. A batch of events lives for one insert. With the default of 16 MiB for young objects, batches
 * grow old before they die, and to collect them then takes a fifth of the throughput. It can only be set at the start.
 */
export const backendFlags = ['--max-semi-space-size=128'];
