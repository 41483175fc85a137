import type { KpiDescription } from '@coditect/contracts';
import { DataQueryErrorType, type DataFrame, type DataQueryError, type RawTimeRange } from '@grafana/data';
import type { MetricsClient, Origin } from '../metrics-client';
import type { PanelContext } from '../model/analysis-request';
import { classifyFailure, describeFailure } from '../model/failure';
import type { LiveDeps } from './live-answers';

/** What one query of a panel has come to; a live one says so again and again. */
export interface QueryResult {
  frames: DataFrame[];
  error?: DataQueryError;
  isLive?: boolean;
}

/** Everything that a query is asked with: who answers, and what the panel and the dashboard add. */
export interface Asking {
  client: MetricsClient;
  live: LiveDeps;
  panel: PanelContext;
  kpis: readonly KpiDescription[];
  maxDataPoints: number | undefined;
  panelPluginId: string | undefined;
  rawRange: RawTimeRange;
  /** Somebody looks at Explore's live view. */
  isLiveView: boolean;
  /** For links back to this data source. */
  datasource: { uid: string; name: string };
  originOf: (part: string) => Origin;
}

/** A failed query as Grafana shows it: at its own letter, in our words. */
export function toQueryError(error: unknown, refId: string): DataQueryError {
  const failure = classifyFailure(error);
  return {
    refId,
    message: describeFailure(failure),
    ...(failure.status !== undefined && { status: failure.status }),
    ...(failure.kind === 'cancelled' && { type: DataQueryErrorType.Cancelled }),
    ...(failure.kind === 'timeout' && { type: DataQueryErrorType.Timeout }),
  };
}
