import { css } from '@emotion/css';
import type { LinkModel } from '@grafana/data';
import { Dropdown, Menu, useStyles2 } from '@grafana/ui';
import type { MouseEvent, ReactNode } from 'react';
import { testIds } from '../testIds';

interface Props {
  links: readonly LinkModel[];
  label: string;
  children: ReactNode;
}

/** What it holds as a link, as a menu of links where there are several, or as it is. */
export function ValueLink({ links, label, children }: Props) {
  const styles = useStyles2(getStyles);
  const [link, ...others] = links;
  if (link === undefined) {
    return <>{children}</>;
  }
  if (others.length === 0) {
    return (
      <a
        data-testid={testIds.link}
        className={styles.link}
        href={link.href}
        target={link.target}
        rel={link.target === '_blank' ? 'noreferrer' : undefined}
        title={link.title}
        aria-label={`${label}: ${link.title}`}
        onClick={(event) => follow(link, event)}
      >
        {children}
      </a>
    );
  }
  return (
    <Dropdown overlay={<LinkMenu links={links} />} placement="bottom-start">
      <button
        type="button"
        data-testid={testIds.link}
        className={styles.button}
        aria-label={`${label}: ${links.length} links`}
      >
        {children}
      </button>
    </Dropdown>
  );
}

function LinkMenu({ links }: { links: readonly LinkModel[] }) {
  return (
    <Menu>
      {links.map((link) => (
        <Menu.Item
          key={`${link.title}-${link.href}`}
          label={link.title}
          url={link.href}
          {...(link.target === undefined ? {} : { target: link.target })}
          onClick={(event) => follow(link, event)}
        />
      ))}
    </Menu>
  );
}

/** A link with a handler of its own, such as one into Explore, must not load the page anew as well. */
function follow({ onClick }: LinkModel, event: MouseEvent): void {
  if (onClick === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  onClick(event);
}

function getStyles() {
  const plain = { color: 'inherit', minWidth: 0, display: 'inline-flex' } as const;
  return {
    link: css({ ...plain, '&:hover, &:focus-visible': { textDecoration: 'underline' } }),
    button: css({
      ...plain,
      padding: 0,
      border: 0,
      background: 'none',
      textAlign: 'inherit',
      '&:hover, &:focus-visible': { textDecoration: 'underline' },
    }),
  };
}
