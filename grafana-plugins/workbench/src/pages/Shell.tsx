import type { GrafanaTheme2 } from '@grafana/data';
import { config } from '@grafana/runtime';
import { Icon, IconButton, useStyles2, type IconName } from '@grafana/ui';
import { css, cx } from '@emotion/css';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router-dom';
import { listAppPages } from '../host/apps';
import type { DashboardListItem } from '../dashboards/dashboard-schema';

const getStyles = (theme: GrafanaTheme2) => ({
  shell: css({
    minHeight: '100vh',
    display: 'grid',
    gridTemplateColumns: '216px minmax(0, 1fr)',
    gridTemplateRows: 'auto 1fr',
    background: theme.colors.background.canvas,
    [theme.breakpoints.down('lg')]: {
      gridTemplateColumns: 'minmax(0, 1fr)',
      gridTemplateRows: 'auto auto 1fr',
    },
  }),
  top: css({
    gridColumn: '1 / -1',
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(2),
    padding: theme.spacing(1, 2),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  brand: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    fontWeight: 500,
    whiteSpace: 'nowrap',
  }),
  mark: css({ color: theme.colors.primary.text }),
  banner: css({
    flex: 1,
    minWidth: 0,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: 1.35,
  }),
  nav: css({
    padding: theme.spacing(2, 1),
    background: theme.colors.background.primary,
    borderRight: `1px solid ${theme.colors.border.weak}`,
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(0.25),
    [theme.breakpoints.down('lg')]: {
      flexDirection: 'row',
      flexWrap: 'wrap',
      padding: theme.spacing(0.5, 1),
      borderRight: 0,
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    },
  }),
  group: css({
    padding: theme.spacing(1, 1, 0.5),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    [theme.breakpoints.down('lg')]: { display: 'none' },
  }),
  item: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.75, 1),
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.primary,
    '&:hover': { background: theme.colors.action.hover },
  }),
  active: css({ background: theme.colors.action.selected, fontWeight: 500 }),
  content: css({ padding: theme.spacing(2), minWidth: 0 }),
});

function NavItem({ to, icon, text }: { to: string; icon: IconName; text: string }) {
  const styles = useStyles2(getStyles);
  const { pathname } = useLocation();
  const isActive = pathname === to || pathname.startsWith(`${to}/`);
  return (
    <Link
      to={to}
      className={cx(styles.item, isActive && styles.active)}
      aria-current={isActive ? 'page' : undefined}
    >
      <Icon name={icon} />
      {text}
    </Link>
  );
}

/** Grafana's packages read the theme once, at the start, so a change of theme loads the page anew. */
function switchTheme(): void {
  const address = new URL(window.location.href);
  address.searchParams.set('theme', config.theme2.isDark ? 'light' : 'dark');
  window.location.assign(address);
}

/** What surrounds every page: what this is, the dashboards, and the switch between light and dark. */
export function Shell({ dashboards, children }: { dashboards: DashboardListItem[]; children: ReactNode }) {
  const styles = useStyles2(getStyles);
  const other = config.theme2.isDark ? 'light' : 'dark';
  const appPages = listAppPages();
  return (
    <div className={styles.shell}>
      <header className={styles.top}>
        <span className={styles.brand}>
          <Icon name="graph-bar" size="lg" className={styles.mark} />
          CODITECT Analytics
        </span>
        <span className={styles.banner} data-testid="workbench-banner">
          Preview of the plugins on Grafana&apos;s own npm packages, version {__GRAFANA_VERSION__} (React{' '}
          {__REACT_VERSION__}). This is not Grafana itself: built-in panels are stand-ins, and nothing that
          you change here is saved to disk.
        </span>
        <IconButton
          name="adjust-circle"
          size="lg"
          tooltip={`Switch to ${other} theme`}
          aria-label={`Switch to ${other} theme`}
          onClick={switchTheme}
        />
      </header>
      <nav className={styles.nav} aria-label="Workbench">
        <div className={styles.group}>Dashboards</div>
        {dashboards.map((dashboard) => (
          <NavItem key={dashboard.uid} to={`/d/${dashboard.uid}`} icon="apps" text={dashboard.title} />
        ))}
        {appPages.length > 0 && <div className={styles.group}>Apps</div>}
        {appPages.map(({ address, text }) => (
          <NavItem key={address} to={address} icon="plug" text={text} />
        ))}
        <div className={styles.group}>Questions</div>
        <NavItem to="/explore" icon="compass" text="Explore" />
        <div className={styles.group}>Connections</div>
        <NavItem to="/datasources" icon="database" text="Data sources" />
      </nav>
      <main className={styles.content}>{children}</main>
    </div>
  );
}
