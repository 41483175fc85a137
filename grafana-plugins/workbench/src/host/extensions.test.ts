import { PluginExtensionPoints, type PluginExtensionAddedLinkConfig } from '@grafana/data';
import { checkDeclared, resolveLinks } from './extensions';
import { asReadOnly } from './read-only';

const place: string = PluginExtensionPoints.DashboardPanelMenu;
const config: PluginExtensionAddedLinkConfig = { title: 'Export', targets: place, onClick: () => undefined };

describe('checkDeclared', () => {
  it('refuses a link that plugin.json declares under another title or for another place', () => {
    const declared = [{ title: 'Export', targets: [place] }];
    expect(checkDeclared([config], declared)).toEqual({ links: [config], refused: [] });
    expect(checkDeclared([{ ...config, title: 'Other' }], declared).refused).toEqual(['Other']);
    expect(checkDeclared([{ ...config, targets: 'elsewhere' }], declared).refused).toEqual(['Export']);
  });
});

describe('resolveLinks', () => {
  const opened: string[] = [];
  const resolve = (context: object, configs: PluginExtensionAddedLinkConfig[]) =>
    resolveLinks(
      configs.map((each) => ({ pluginId: 'app', config: each })),
      place,
      context,
      ({ title }) => opened.push(title),
    );

  it('hides what its configure hides, and what belongs elsewhere', () => {
    const hidden = { ...config, configure: () => undefined };
    expect(resolve({}, [hidden, { ...config, targets: 'elsewhere' }])).toEqual([]);
  });

  it('shows at most three links of one plugin', () => {
    expect(resolve({}, [config, config, config, config])).toHaveLength(3);
  });

  it('gives the click the context, in which nothing can be changed', () => {
    const context = { panel: { title: 'Cost', targets: [{ refId: 'A' }] } };
    const seen: unknown[] = [];
    const onClick: PluginExtensionAddedLinkConfig['onClick'] = (_event, helpers) => {
      seen.push(helpers.context);
      helpers.openModal({ title: 'T', body: () => null });
    };
    resolve(context, [{ ...config, onClick }])[0]?.onClick?.();
    expect(seen).toEqual([context]);
    expect(opened).toEqual(['T']);
  });

  it('lets nothing be written into what is seen through the context', () => {
    const context = { panel: { title: 'Cost' } };
    const view = asReadOnly(context);
    expect(() => Object.assign(view.panel, { title: 'Mine' })).toThrow(TypeError);
    expect(context.panel.title).toBe('Cost');
  });
});
