/** Where tests find the parts of this panel: values of `data-testid`. */
export const testIds = {
  root: 'coditect-retention-panel',
  table: 'coditect-retention-table',
  cell: 'coditect-retention-cell',
  mean: 'coditect-retention-mean',
  legend: 'coditect-retention-legend',
  curve: 'coditect-retention-curve',
  line: 'coditect-retention-line',
  meanLine: 'coditect-retention-mean-line',
  note: 'coditect-retention-note',
  remark: 'coditect-retention-remark',
  explanation: 'coditect-retention-explanation',
  noData: 'coditect-retention-no-data',
  wrongShape: 'coditect-retention-wrong-shape',
  loading: 'coditect-retention-loading',
  error: 'coditect-retention-error',
} as const;
