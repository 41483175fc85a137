import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor, QueryEditor, QueryEditorHelp } from './components/lazy-editors';
import { AnalyticsDataSource } from './datasource';
import type { AnalyticsJsonData, AnalyticsQuery, AnalyticsSecureJsonData } from './types';

export const plugin = new DataSourcePlugin<
  AnalyticsDataSource,
  AnalyticsQuery,
  AnalyticsJsonData,
  AnalyticsSecureJsonData
>(AnalyticsDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setQueryEditorHelp(QueryEditorHelp);
