export type RetentionView = 'heatmap' | 'curve';
export type CellText = 'share' | 'users';
export type ColorScale = 'auto' | 'full';
export type CohortOrder = 'oldest' | 'newest';

/** The panel's options as they are saved. Read them through `migrateOptions`, which fills in what is missing. */
export interface RetentionPanelOptions {
  view: RetentionView;
  show: CellText;
  /** `auto`: the deepest colour is the largest share after the cohort's own period; `full`: 100 %. */
  scale: ColorScale;
  cohortOrder: CohortOrder;
  showSize: boolean;
  /** All cohorts together, each by its size. */
  showMean: boolean;
  /** The cohort's own period, in which everybody is there or nearly so. */
  showFirstPeriod: boolean;
  showLegend: boolean;
  showDefinition: boolean;
  schemaVersion: number;
}
