/** Where tests find the parts of this plugin's editors: values of `data-testid`. */
export const testIds = {
  configEditor: {
    root: 'coditect-config-editor',
    metricsUrl: 'coditect-config-metrics-url',
    reportingUrl: 'coditect-config-reporting-url',
    apiKey: 'coditect-config-api-key',
  },
  queryEditor: {
    root: 'coditect-query-editor',
    metric: 'coditect-query-metric',
    definition: 'coditect-query-definition',
    problem: 'coditect-query-problem',
    groupBy: 'coditect-query-group-by',
    interval: 'coditect-query-interval',
    compareTo: 'coditect-query-compare-to',
    format: 'coditect-query-format',
    legend: 'coditect-query-legend',
    limit: 'coditect-query-limit',
    timeZone: 'coditect-query-time-zone',
    addFilter: 'coditect-query-add-filter',
    filter: (index: number) => `coditect-query-filter-${index}`,
    filterDimension: (index: number) => `coditect-query-filter-${index}-dimension`,
    filterOperator: (index: number) => `coditect-query-filter-${index}-operator`,
    filterValue: (index: number) => `coditect-query-filter-${index}-value`,
    removeFilter: (index: number) => `coditect-query-filter-${index}-remove`,
  },
  variableEditor: {
    root: 'coditect-variable-editor',
    kind: 'coditect-variable-kind',
    dimension: 'coditect-variable-dimension',
  },
} as const;
