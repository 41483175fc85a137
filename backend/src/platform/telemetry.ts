import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { createPipelineTelemetry, type PipelineTelemetry } from './telemetry-pipeline.js';
import {
  createReportTelemetry,
  createRollupTelemetry,
  type ReportTelemetry,
  type RollupTelemetry,
} from './telemetry-reports.js';
import { createServiceTelemetry, type ServiceTelemetry } from './telemetry-services.js';
import { createTraces, type Traces } from './traces.js';

/** Telemetry of one process: a registry, the four counts that every component shares, and what runs within what. */
export interface Telemetry extends PipelineTelemetry, RollupTelemetry, ReportTelemetry, ServiceTelemetry {
  readonly registry: Registry;
  readonly received: Counter<'component'>;
  readonly sent: Counter<'component'>;
  readonly dropped: Counter<'component' | 'reason'>;
  readonly errors: Counter<'component' | 'code'>;
  readonly lagSeconds: Gauge<'component'>;
  readonly traces: Traces;
}

export interface TelemetryOptions {
  /** With those of Node and the process. */
  readonly defaultMetrics: boolean;
  readonly traces?: Traces;
  /** Of the product. */
  readonly version?: string;
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const registry = new Registry();
  const registers = [registry];
  if (options.defaultMetrics) collectDefaultMetrics({ register: registry });
  tellVersion(registers, options.version);
  return {
    registry,
    traces: options.traces ?? createTraces(),
    received: new Counter({
      name: 'coditect_received_total',
      help: 'Events taken in, by component.',
      labelNames: ['component'],
      registers,
    }),
    sent: new Counter({
      name: 'coditect_sent_total',
      help: 'Events handed on or stored, by component.',
      labelNames: ['component'],
      registers,
    }),
    dropped: new Counter({
      name: 'coditect_dropped_total',
      help: 'Events not kept, by component and reason.',
      labelNames: ['component', 'reason'],
      registers,
    }),
    errors: new Counter({
      name: 'coditect_errors_total',
      help: 'Failures, by component and code.',
      labelNames: ['component', 'code'],
      registers,
    }),
    lagSeconds: new Gauge({
      name: 'coditect_lag_seconds',
      help: 'Distance behind the input, by component: of a processor, the age of the oldest event that it has not stored.',
      labelNames: ['component'],
      registers,
    }),
    ...createPipelineTelemetry(registers),
    ...createRollupTelemetry(registers),
    ...createReportTelemetry(registers),
    ...createServiceTelemetry(registers),
  };
}

function tellVersion(registers: Registry[], version: string | undefined): void {
  const info = new Gauge({
    name: 'coditect_build_info',
    help: 'Always 1; its label says which version runs.',
    labelNames: ['version'],
    registers,
  });
  if (version !== undefined) info.set({ version }, 1);
}
