import type { PanelPlugin } from '@grafana/data';
import { barChartPanel } from './barchart';
import { gaugePanel } from './gauge';
import { logsPanel } from './logs';
import { pieChartPanel } from './piechart';
import { barGaugePanel, statPanel } from './single-values';
import { tablePanel } from './table';
import { textPanel } from './text';
import { timeSeriesPanel } from './time-series';

/** The options of a panel are its own business; the host sees every panel alike. */
const asPanel = (plugin: unknown): PanelPlugin => plugin as PanelPlugin;

/**
 * Stand-ins for panels that are part of Grafana and not on npm. They draw with Grafana's own components but know only
 * the common options.
 */
export const builtInPanels: ReadonlyMap<string, PanelPlugin> = new Map<string, PanelPlugin>([
  ['timeseries', asPanel(timeSeriesPanel)],
  ['table', asPanel(tablePanel)],
  ['stat', asPanel(statPanel)],
  ['bargauge', asPanel(barGaugePanel)],
  ['gauge', asPanel(gaugePanel)],
  ['barchart', asPanel(barChartPanel)],
  ['piechart', asPanel(pieChartPanel)],
  ['text', asPanel(textPanel)],
  ['logs', asPanel(logsPanel)],
]);
