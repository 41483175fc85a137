import type { AnalyticsDataSource } from '../../datasource';
import type { QueryFilter } from '../../types';

/** What the editor of every kind gets: its own settings, and how to write them back. */
export interface KindEditorProps<Settings> {
  refId: string;
  settings: Settings;
  /** Names by which events can be filtered. */
  dimensions: string[];
  /** Why the service would refuse one of another name. */
  explainDimension: (name: string) => string | undefined;
  /** By the filter's position. */
  explainFilters: (filters: readonly QueryFilter[]) => Readonly<Record<number, string>>;
  datasource: AnalyticsDataSource;
  onChange: (changed: Partial<Settings>) => void;
}

/** Values that the stored events have; a failed look-up offers none, any text can be typed. */
export function findTypes(datasource: AnalyticsDataSource): (prefix: string) => Promise<string[]> {
  return (prefix) => datasource.client.dimensionValues('type', prefix);
}
