import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './components/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { QueryEditorHelp } from './components/QueryEditorHelp';
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
