import { AppPlugin, type PluginExtensionPanelContext } from '@grafana/data';
import { AppRoot } from './components/AppRoot';
import { exportLink } from './export-link';

export const plugin = new AppPlugin().setRootPage(AppRoot).addLink<PluginExtensionPanelContext>(exportLink);
