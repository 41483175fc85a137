import type { KpiRegistry } from '../../kpis/kpi-registry.js';
import type { FindTarget } from '../../metric-queries/find-target.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import type { MetricEngine } from '../../metric-queries/metric-engine.js';
import type { ReadMinGroupSize } from '../../platform/min-group-size.js';
import type { GoalsReader } from '../../platform/goals.js';
import type { Branding } from '../document/report-document.js';
import type { RenderReport } from '../jobs/make-report.js';
import { renderCsv } from './csv-report.js';
import { coverOf } from './describe-report.js';
import { renderPdf, type DrawPdf } from './pdf-report.js';
import { planReport } from './plan-report.js';
import { panelParts, tableOfPanel, tableOfQuery } from './report-tables.js';

export interface RendererOptions {
  readonly engine: MetricEngine;
  readonly kpis: KpiRegistry;
  /** Bounds of a report, by its format. `rowsMax` is of the whole report. */
  readonly limitsOf: (format: 'pdf' | 'csv') => QueryLimits;
  /** Rows in memory at once while a series is written. */
  readonly sliceRowsMax: number;
  readonly watermark: () => number | Promise<number>;
  readonly brandingOf: (tenantId: string) => Promise<Branding>;
  readonly findTarget: FindTarget;
  /** For what seats cost. Without it no price is known. */
  readonly goals?: GoalsReader;
  readonly readMinGroupSize?: ReadMinGroupSize | undefined;
  readonly drawPdf: DrawPdf;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Reports in PDF and CSV, from the answers of an engine or from what a panel showed. */
export function createReportRenderer(options: RendererOptions): RenderReport {
  return async (job, out) => {
    const { request, tenant } = job;
    const nowMs = options.now();
    const limits = options.limitsOf(request.format);
    const planned = planReport(tenant, request, { kpis: options.kpis, nowMs, limits });
    const panels = panelParts(job);
    const range = request.origin?.range ?? null;
    const tables = [
      ...planned.map((query) => tableOfQuery(tenant.id, query, { ...options, limits })),
      ...panels.map((panel) => tableOfPanel(panel, range)),
    ];
    const cover = coverOf(job, planned, nowMs);
    const subject = { job, cover, tables, planned, panels, rowsMax: limits.rowsMax };
    if (request.format === 'csv') return renderCsv(subject, out);
    const branding = await options.brandingOf(tenant.id);
    const targets = await Promise.all(planned.map(({ query }) => options.findTarget(tenant, query)));
    return renderPdf(subject, out, { branding, targets, drawPdf: options.drawPdf });
  };
}
