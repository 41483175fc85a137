import {
  SceneObjectBase,
  sceneGraph,
  type SceneComponentProps,
  type SceneObjectState,
} from '@grafana/scenes';
import { Icon, PanelChrome, Tooltip } from '@grafana/ui';
import type { PanelJson } from './dashboard-schema';

interface PanelLinksState extends SceneObjectState {
  links: PanelJson['links'];
}

/** The links of a panel as icons beside its title; variables in them have their values of the moment. */
export class PanelLinks extends SceneObjectBase<PanelLinksState> {
  public static Component = PanelLinksIcons;
}

function PanelLinksIcons({ model }: SceneComponentProps<PanelLinks>) {
  const { links } = model.useState();
  return (
    <>
      {links.map(({ title, url, targetBlank }) => {
        const shown = sceneGraph.interpolate(model, title) || url;
        return (
          <Tooltip key={`${title}-${url}`} content={shown}>
            <PanelChrome.TitleItem
              href={sceneGraph.interpolate(model, url)}
              {...(targetBlank && { target: '_blank' })}
            >
              <Icon name={targetBlank ? 'external-link-alt' : 'link'} size="md" title={shown} />
            </PanelChrome.TitleItem>
          </Tooltip>
        );
      })}
    </>
  );
}
