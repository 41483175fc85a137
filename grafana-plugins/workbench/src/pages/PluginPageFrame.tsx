import type { GrafanaTheme2 } from '@grafana/data';
import { locationService, type PluginPageProps } from '@grafana/runtime';
import { Stack, useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import { useEffect } from 'react';
import { listAppPages } from '../host/apps';

const getStyles = (theme: GrafanaTheme2) => ({
  heading: css({ fontSize: theme.typography.h3.fontSize, margin: 0 }),
  subTitle: css({ color: theme.colors.text.secondary, margin: theme.spacing(0.5, 0, 2) }),
});

/** The page around an app's content: its title, what belongs beside it, and the content. */
export function PluginPageFrame({ pageNav, subTitle, actions, renderTitle, children }: PluginPageProps) {
  const styles = useStyles2(getStyles);
  const { pathname } = locationService.getLocation();
  const title = pageNav?.text ?? listAppPages().find(({ address }) => address === pathname)?.text ?? '';
  useEffect(() => {
    document.title = `${title} - CODITECT Analytics workbench`;
  }, [title]);
  return (
    <>
      <Stack direction="row" justifyContent="space-between" alignItems="center" wrap="wrap">
        {renderTitle?.(title) ?? <h1 className={styles.heading}>{title}</h1>}
        <div>{actions}</div>
      </Stack>
      <div className={styles.subTitle}>{subTitle ?? pageNav?.subTitle}</div>
      {children}
    </>
  );
}
