import type { PanelOptionsEditorBuilder } from '@grafana/data';
import { defaultOptions } from './migrations';
import type { SeatsPanelOptions } from './types';

const switches = [
  { path: 'showBar', name: 'Bar', description: 'Active, idle and unassigned seats to scale.' },
  { path: 'showUtilisation', name: 'Utilisation', description: 'Active of assigned seats.' },
  {
    path: 'showCost',
    name: 'Idle cost',
    description: 'What idle and unassigned seats cost, in the unit of the field. Without a price it says so.',
  },
  { path: 'showTrend', name: 'Trend', description: 'Needs several times in the result.' },
  { path: 'showTransitions', name: 'Transitions', description: 'Needs a second query, for transitions.' },
  { path: 'showDefinition', name: 'Definition', description: 'An icon that explains the numbers.' },
] as const;

/** The panel's options, made of Grafana's standard editors alone: what to show and what to leave out. */
export function buildOptions(builder: PanelOptionsEditorBuilder<SeatsPanelOptions>): void {
  for (const { path, name, description } of switches) {
    builder.addBooleanSwitch({
      ...{ path, name, description },
      category: ['Seats'],
      defaultValue: defaultOptions[path],
    });
  }
}
