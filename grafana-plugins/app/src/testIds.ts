/** Where tests find the parts of this app: values of `data-testid`. */
export const testIds = {
  export: {
    form: 'coditect-export-form',
    shownNote: 'coditect-export-shown-note',
    noFullData: 'coditect-export-no-full-data',
    from: 'coditect-export-from',
    to: 'coditect-export-to',
    status: 'coditect-export-status',
    failure: 'coditect-export-failure',
    recent: 'coditect-export-recent',
  },
  reports: {
    list: 'coditect-reports',
    item: 'coditect-report',
    state: 'coditect-report-state',
    failure: 'coditect-report-failure',
    empty: 'coditect-reports-empty',
    problem: 'coditect-reports-problem',
    status: 'coditect-reports-status',
  },
  schedules: {
    list: 'coditect-schedules',
    item: 'coditect-schedule',
    unreadable: 'coditect-schedules-unreadable',
    empty: 'coditect-schedules-empty',
    form: 'coditect-schedule-form',
    problem: 'coditect-schedules-problem',
    history: 'coditect-schedule-history',
  },
} as const;
