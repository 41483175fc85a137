import { SceneObjectBase, sceneGraph, type SceneComponentProps } from '@grafana/scenes';
import { Icon, PanelChrome, Tooltip, type IconName } from '@grafana/ui';

const iconOf = {
  error: 'exclamation-triangle',
  warning: 'exclamation-triangle',
  info: 'info-circle',
} as const satisfies Record<string, IconName>;

/** The notices that came with a panel's data, as icons beside its title. */
export class PanelNotices extends SceneObjectBase {
  public static Component = PanelNoticesIcons;
}

function PanelNoticesIcons({ model }: SceneComponentProps<PanelNotices>) {
  const { data } = sceneGraph.getData(model).useState();
  const notices = (data?.series ?? []).flatMap((frame) => frame.meta?.notices ?? []);
  const distinct = [...new Map(notices.map((notice) => [notice.text, notice])).values()];
  return (
    <>
      {distinct.map((notice) => (
        <Tooltip key={notice.text} content={notice.text}>
          <PanelChrome.TitleItem>
            <Icon name={iconOf[notice.severity]} size="md" title={notice.text} />
          </PanelChrome.TitleItem>
        </Tooltip>
      ))}
    </>
  );
}
