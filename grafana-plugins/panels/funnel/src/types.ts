export type FunnelLayout = 'auto' | 'vertical' | 'horizontal';
/** What a bar's length stands for. */
export type BarMeasure = 'users' | 'conversion';
export type ValueText = 'both' | 'users' | 'conversion' | 'none';
export type ConversionFrom = 'start' | 'previous';
export type ColorBy = 'palette' | 'field' | 'thresholds';
export type GroupOrder = 'users' | 'conversion' | 'name' | 'none';

/** The panel's options as they are saved. Read them through `migrateOptions`, which fills in what is missing. */
export interface FunnelPanelOptions {
  /** `auto`: bars where there is room for their names, rows where there isn't. */
  layout: FunnelLayout;
  measure: BarMeasure;
  valueText: ValueText;
  /** What the conversion beside a bar is a share of; the tooltip has both. */
  conversionFrom: ConversionFrom;
  showDropOff: boolean;
  /** Median time from the step before. */
  showTime: boolean;
  highlightWorst: boolean;
  /** `thresholds` judge the conversion from the start. */
  colorBy: ColorBy;
  groupOrder: GroupOrder;
  groupsMax: number;
  showLegend: boolean;
  showDefinition: boolean;
  schemaVersion: number;
}
