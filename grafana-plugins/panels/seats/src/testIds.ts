/** Where tests find the parts of this panel: values of `data-testid`. */
export const testIds = {
  root: 'coditect-seats-panel',
  bar: 'coditect-seats-bar',
  part: 'coditect-seats-part',
  number: 'coditect-seats-number',
  utilisation: 'coditect-seats-utilisation',
  cost: 'coditect-seats-cost',
  trend: 'coditect-seats-trend',
  transitions: 'coditect-seats-transitions',
  transition: 'coditect-seats-transition',
  note: 'coditect-seats-note',
  remark: 'coditect-seats-remark',
  explanation: 'coditect-seats-explanation',
  noData: 'coditect-seats-no-data',
  wrongShape: 'coditect-seats-wrong-shape',
  loading: 'coditect-seats-loading',
  error: 'coditect-seats-error',
} as const;
