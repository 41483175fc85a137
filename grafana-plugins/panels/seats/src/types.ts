/** The panel's options as they are saved. Read them through `migrateOptions`, which fills in what is missing. */
export interface SeatsPanelOptions {
  showBar: boolean;
  showUtilisation: boolean;
  showCost: boolean;
  showTrend: boolean;
  showTransitions: boolean;
  showDefinition: boolean;
  schemaVersion: number;
}
