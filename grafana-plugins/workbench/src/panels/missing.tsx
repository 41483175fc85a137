import { PanelPlugin, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import { standInMeta } from './stand-in-meta';

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(0.5),
    textAlign: 'center',
    border: `1px dashed ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.secondary,
  }),
});

/** A panel that says which panel would be here in Grafana. */
export function createMissingPanel(id: string): PanelPlugin {
  function MissingPanel() {
    const styles = useStyles2(getStyles);
    return (
      <div className={styles.box}>
        <strong>{id}</strong>
        <span>The workbench has no stand-in for this panel. Grafana would show it here.</span>
      </div>
    );
  }
  const plugin = new PanelPlugin(MissingPanel).useFieldConfig();
  plugin.meta = standInMeta(id, id);
  return plugin;
}
