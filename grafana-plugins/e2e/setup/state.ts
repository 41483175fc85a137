import { z } from 'zod';

/** What the setup tells the tests. It travels in one environment variable, the only way that reaches the workers. */
export const stateSchema = z.object({
  collectorUrl: z.string(),
  metricsUrl: z.string(),
  reportingUrl: z.string(),
  /** Reads everything that was sent, and makes reports of it. */
  readKey: z.string(),
  /** May send, but not read. */
  ingestKey: z.string(),
  /** A port on which nothing listens. */
  closedPort: z.number(),
  hosts: z.object({ 'grafana-13': z.string(), 'grafana-12': z.string() }),
});
export type State = z.infer<typeof stateSchema>;

const variable = 'CODITECT_E2E_STATE';

export function writeState(state: State): void {
  process.env[variable] = JSON.stringify(state);
}

export function readState(): State {
  return stateSchema.parse(JSON.parse(process.env[variable] ?? '{}'));
}
