import type { PipelineContext } from './pipeline.js';

/** Has spans of this process sent to the receiver that the configuration names, if it does. Close it last. */
export async function openTraces(
  { config, lifecycle, logger, telemetry }: PipelineContext,
  about: { readonly service: string; readonly version: string },
): Promise<void> {
  const { endpoint, headers = {}, sampleRatio } = config.tracing;
  if (endpoint === undefined) return;
  // Loaded where it is wanted only: it takes a tenth of a second and some megabytes.
  const { createOtlpRecorder } = await import('./platform/otlp-recorder.js');
  const recorder = createOtlpRecorder({
    endpoint,
    headers,
    sampleRatio,
    ...about,
    onLost: (spans, error) => {
      telemetry.dropped.inc({ component: 'traces', reason: 'export_failed' }, spans);
      logger.warn({ spans, reason: error?.message }, 'spans lost');
    },
  });
  lifecycle.onClose('traces', () => recorder.close(), { leaveAfterMs: 'its time' });
  telemetry.traces.recordBy(recorder);
}
