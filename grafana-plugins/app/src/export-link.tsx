import {
  PluginExtensionPoints,
  type PluginExtensionAddedLinkConfig,
  type PluginExtensionPanelContext,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { ExportModal } from './components/ExportModal';
import { findPanelSource, type FindDatasource } from './model/panel-source';

const findDatasource: FindDatasource = (reference, scopedVars) =>
  getDataSourceSrv().getInstanceSettings(reference, scopedVars);

/** The entry in the menu of each panel that asks a data source of ours. plugin.json declares it by the same title. */
export const exportLink: PluginExtensionAddedLinkConfig<PluginExtensionPanelContext> = {
  title: 'Export report',
  description: 'This panel as PDF or CSV',
  icon: 'file-download',
  targets: [PluginExtensionPoints.DashboardPanelMenu],
  configure: (context) =>
    context === undefined || findPanelSource(context, findDatasource) === undefined ? undefined : {},
  onClick: (_event, { context, openModal }) => {
    const panelSource = context && findPanelSource(context, findDatasource);
    if (context === undefined || panelSource === undefined) return;
    openModal({
      title: 'Export report',
      width: '640px',
      body: ({ onDismiss }) => (
        <ExportModal context={context} panelSource={panelSource} onDismiss={() => onDismiss?.()} />
      ),
    });
  },
};
