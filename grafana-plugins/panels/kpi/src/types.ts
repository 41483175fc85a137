/** Where the headline value comes from. */
export type ValueSource = 'auto' | 'reducer';
/** What the value is compared with. `auto`: the previous period of the query. */
export type Comparison = 'auto' | 'baseline' | 'field' | 'target' | 'none';
/** `arrow`: only whether it went up or down. */
export type DeltaMode = 'auto' | 'percent' | 'absolute' | 'points' | 'arrow' | 'none';
export type DirectionMode = 'auto' | 'up' | 'down' | 'neutral';
/** `auto`: the panel's own number, else the target that comes with the data. */
export type TargetSource = 'auto' | 'field' | 'none';
/** `auto`: by the dates of the target. `range`: the target is for the whole time range of the dashboard. */
export type PaceMode = 'auto' | 'range' | 'none';
export type SparklineMode = 'area' | 'line' | 'bars' | 'none';
export type ColorMode = 'value' | 'background' | 'none';
export type TitleMode = 'auto' | 'always' | 'never';
export type LayoutMode = 'auto' | 'card' | 'row' | 'compact';
/** What becomes of a value that rests on too little. */
export type SmallSampleMode = 'mark' | 'hide';

/** The panel's options as they are saved. Read them through `migrateOptions`, which fills in what is missing. */
export interface KpiPanelOptions {
  /** `auto`: the total that the data source computed, and the reducer where there is none. */
  valueSource: ValueSource;
  /** Name of the only field to show; empty for all of them. */
  valueField: string;
  /** Id of one of Grafana's reducers. */
  reducer: string;
  prefix: string;
  suffix: string;
  comparison: Comparison;
  /** In the value's own unit. */
  baseline?: number | undefined;
  /** Name of the field that the value is compared with. */
  comparisonField: string;
  deltaMode: DeltaMode;
  /** Of a change in percent or in points; without it, as many as say something. */
  deltaDecimals?: number | undefined;
  /** `auto`: as the catalogue says. */
  direction: DirectionMode;
  /** Changes smaller than this, in percent of the previous value, are neither good nor bad. */
  neutralBandPercent: number;
  targetSource: TargetSource;
  /** In the value's own unit; a ratio's target is 0 to 1. */
  target?: number | undefined;
  targetField: string;
  pace: PaceMode;
  /** The least that a ratio's denominator has to be; 0 asks for nothing. */
  smallSample: number;
  smallSampleMode: SmallSampleMode;
  showQuality: boolean;
  layout: LayoutMode;
  sparkline: SparklineMode;
  showPrevious: boolean;
  colorMode: ColorMode;
  titleMode: TitleMode;
  showDefinition: boolean;
  schemaVersion: number;
}
