/** Where tests find the parts of this panel: values of `data-testid`. */
export const testIds = {
  root: 'coditect-funnel-panel',
  step: 'coditect-funnel-step',
  bar: 'coditect-funnel-bar',
  value: 'coditect-funnel-value',
  dropOff: 'coditect-funnel-drop-off',
  worst: 'coditect-funnel-worst',
  legend: 'coditect-funnel-legend',
  legendItem: 'coditect-funnel-legend-item',
  note: 'coditect-funnel-note',
  remark: 'coditect-funnel-remark',
  explanation: 'coditect-funnel-explanation',
  noData: 'coditect-funnel-no-data',
  wrongShape: 'coditect-funnel-wrong-shape',
  loading: 'coditect-funnel-loading',
  error: 'coditect-funnel-error',
} as const;
