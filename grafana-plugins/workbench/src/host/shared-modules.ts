import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';
import 'systemjs/dist/extras/named-register.js';
import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaI18n from '@grafana/i18n';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaRuntimeUnstable from '@grafana/runtime/unstable';
import * as grafanaUi from '@grafana/ui';
import * as grafanaUiUnstable from '@grafana/ui/unstable';
import * as i18next from 'i18next';
import lodash from 'lodash';
import moment from 'moment';
import * as react from 'react';
import * as reactDom from 'react-dom';
import * as reactInlineSvg from 'react-inlinesvg';
import * as reactJsxRuntime from 'react/jsx-runtime';
import * as reactRouter from 'react-router';
import * as reactRouterDom from 'react-router-dom';
import * as rxjs from 'rxjs';
import * as rxjsOperators from 'rxjs/operators';

/** A module as an AMD bundle sees it: the names, and the whole as the default. */
const asCommonJs = (module: object, whole: unknown = module): object => ({
  ...module,
  default: whole,
  __useDefault: true,
});

const shared: Record<string, object> = {
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': grafanaData,
  '@grafana/i18n': grafanaI18n,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/runtime/unstable': grafanaRuntimeUnstable,
  '@grafana/ui': grafanaUi,
  '@grafana/ui/unstable': grafanaUiUnstable,
  emotion: emotionCss,
  i18next,
  lodash: asCommonJs(lodash),
  moment: asCommonJs(moment, moment),
  react: asCommonJs(react),
  'react-dom': asCommonJs(reactDom),
  'react-inlinesvg': reactInlineSvg,
  'react-router': reactRouter,
  'react-router-dom': reactRouterDom,
  'react/jsx-runtime': asCommonJs(reactJsxRuntime),
  rxjs,
  'rxjs/operators': rxjsOperators,
};

/**
 * Hands the host's own copies to the plugin bundles, under the names that plugins leave external. There must be one
 * React and one @grafana/runtime on the page.
 */
export function shareModules(): void {
  const imports = Object.fromEntries(Object.keys(shared).map((name) => [name, `package:${name}`]));
  System.addImportMap({ imports });
  for (const [name, module] of Object.entries(shared)) {
    System.set(`package:${name}`, { ...module });
  }
}
