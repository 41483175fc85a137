import { pluginConfig } from '@coditect/plugins-shared/webpack';

// webpack-cli reads its configuration from the default export.
export default () => pluginConfig(import.meta.dirname);
