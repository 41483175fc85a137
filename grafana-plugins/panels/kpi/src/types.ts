/** Where the headline value comes from. */
export type ValueSource = 'auto' | 'reducer';
export type DeltaMode = 'auto' | 'percent' | 'absolute' | 'points' | 'none';
export type DirectionMode = 'auto' | 'up' | 'down' | 'neutral';
export type SparklineMode = 'area' | 'line' | 'none';
export type ColorMode = 'value' | 'background' | 'none';
export type TitleMode = 'auto' | 'always' | 'never';

/** The panel's options as they are saved. Read them through `migrateOptions`, which fills in what is missing. */
export interface KpiPanelOptions {
  /** `auto`: the total that the data source computed, and the reducer where there is none. */
  valueSource: ValueSource;
  /** Id of one of Grafana's reducers. */
  reducer: string;
  deltaMode: DeltaMode;
  /** `auto`: as the catalogue says. */
  direction: DirectionMode;
  /** Changes smaller than this, in percent of the previous value, are neither good nor bad. */
  neutralBandPercent: number;
  /** In the value's own unit; a ratio's target is 0 to 1. */
  target?: number | undefined;
  sparkline: SparklineMode;
  showPrevious: boolean;
  colorMode: ColorMode;
  titleMode: TitleMode;
  showDefinition: boolean;
  schemaVersion: number;
}
