import {
  PluginExtensionTypes,
  type PluginExtensionAddedLinkConfig,
  type PluginExtensionEventHelpers,
  type PluginExtensionLink,
} from '@grafana/data';
import { asReadOnly } from './read-only';

/** A link that an app adds to a place of Grafana's. */
export interface RegisteredLink {
  pluginId: string;
  config: PluginExtensionAddedLinkConfig;
}

type OpenModal = PluginExtensionEventHelpers['openModal'];

/** What plugin.json says of a link. */
export interface DeclaredLink {
  title: string;
  targets: string[];
}

const targetsOf = ({ targets }: PluginExtensionAddedLinkConfig): string[] => [targets].flat();

/**
 * Keeps the links that plugin.json declares under the same title and for the same places; Grafana leaves out the
 * others while plugins are developed, so here they are never shown. `refused` names them.
 */
export function checkDeclared(
  configs: readonly PluginExtensionAddedLinkConfig[],
  declared: readonly DeclaredLink[],
): { links: PluginExtensionAddedLinkConfig[]; refused: string[] } {
  const isDeclared = (config: PluginExtensionAddedLinkConfig): boolean =>
    declared.some(
      ({ title, targets }) =>
        title === config.title && targetsOf(config).every((target) => targets.includes(target)),
    );
  return {
    links: configs.filter(isDeclared),
    refused: configs.filter((config) => !isDeclared(config)).map(({ title }) => title),
  };
}

/** Most links that one plugin may add to a panel's menu, as in Grafana. */
const linksPerPluginMax = 3;

/** The links for one place and one context: each is configured anew, and `undefined` from `configure` hides it. */
export function resolveLinks(
  registered: readonly RegisteredLink[],
  extensionPointId: string,
  context: object,
  openModal: OpenModal,
): PluginExtensionLink[] {
  const view = asReadOnly(context);
  const counts = new Map<string, number>();
  return registered.flatMap(({ pluginId, config }) => {
    const count = counts.get(pluginId) ?? 0;
    if (!targetsOf(config).includes(extensionPointId) || count >= linksPerPluginMax) {
      return [];
    }
    const changes = config.configure?.(view);
    if (config.configure !== undefined && changes === undefined) {
      return [];
    }
    counts.set(pluginId, count + 1);
    return [toLink({ pluginId, config: { ...config, ...changes } }, extensionPointId, view, openModal)];
  });
}

function toLink(
  { pluginId, config }: RegisteredLink,
  extensionPointId: string,
  context: object,
  openModal: OpenModal,
): PluginExtensionLink {
  const { title, description = '', path, icon, category, onClick } = config;
  const helpers: PluginExtensionEventHelpers = {
    context,
    extensionPointId,
    openModal,
    openSidebar: () => undefined,
    closeSidebar: () => undefined,
    toggleSidebar: () => undefined,
  };
  return {
    id: `${pluginId}/${extensionPointId}/${title}`,
    type: PluginExtensionTypes.link,
    pluginId,
    title,
    description,
    ...(path !== undefined && { path }),
    ...(icon !== undefined && { icon }),
    ...(category !== undefined && { category }),
    ...(onClick !== undefined && { onClick: (event) => onClick(event, helpers) }),
  };
}
