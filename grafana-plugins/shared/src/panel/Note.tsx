import { css } from '@emotion/css';
import type { GrafanaTheme2, LinkModel } from '@grafana/data';
import { Icon, Portal, useStyles2 } from '@grafana/ui';
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { NoteContent } from './note-content';
import { placeNote } from './place-note';
import type { ActiveMark } from './use-marks';

interface Props {
  mark: ActiveMark;
  content: NoteContent;
  testId: string;
  onClose: () => void;
}

/** A note beside a mark. Marks say the same in their labels, so a screen reader meets it only when it has links to offer. */
export function Note({ mark: { anchor, isPinned }, content, testId, onClose }: Props) {
  const styles = useStyles2(getStyles);
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number }>();
  useLayoutEffect(() => {
    const size = ref.current?.getBoundingClientRect();
    if (size) {
      setPlace(placeNote(anchor, size, { width: window.innerWidth, height: window.innerHeight }));
    }
  }, [anchor, content]);
  useLayoutEffect(() => {
    if (isPinned) {
      ref.current?.querySelector('a')?.focus();
    }
  }, [isPinned]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      onClose();
    }
  };
  return (
    <Portal>
      <div
        ref={ref}
        data-note=""
        data-testid={testId}
        className={styles.note}
        style={{
          ...(place ?? { left: 0, top: 0, visibility: 'hidden' }),
          pointerEvents: isPinned ? 'auto' : 'none',
        }}
        {...(isPinned ? { role: 'dialog', 'aria-label': content.title } : { 'aria-hidden': true })}
        onKeyDown={onKeyDown}
      >
        <strong>{content.title}</strong>
        <dl>
          {content.lines.map(({ label, text }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        {content.remark !== undefined && <p>{content.remark}</p>}
        {isPinned
          ? content.links.map((link) => <NoteLink key={`${link.title} ${link.href}`} link={link} />)
          : content.links.length > 0 && <p className={styles.hint}>Click for links</p>}
      </div>
    </Portal>
  );
}

function NoteLink({ link }: { link: LinkModel }) {
  const styles = useStyles2(getStyles);
  return (
    <a
      className={styles.link}
      href={link.href}
      target={link.target}
      rel="noreferrer"
      onClick={link.onClick && ((event) => link.onClick?.(event, link.origin))}
    >
      <Icon name="external-link-alt" size="sm" aria-hidden /> {link.title}
    </a>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    note: css({
      position: 'fixed',
      zIndex: theme.zIndex.tooltip,
      maxWidth: '44ch',
      padding: theme.spacing(1),
      color: theme.colors.text.primary,
      background: theme.colors.background.elevated,
      border: `1px solid ${theme.colors.border.weak}`,
      borderRadius: theme.shape.radius.default,
      boxShadow: theme.shadows.z2,
      fontSize: theme.typography.bodySmall.fontSize,
      overflowWrap: 'anywhere',
      dl: { margin: theme.spacing(0.5, 0, 0) },
      'dl > div': { display: 'flex', gap: theme.spacing(2), justifyContent: 'space-between' },
      dt: { fontWeight: theme.typography.fontWeightRegular, color: theme.colors.text.secondary },
      dd: { margin: 0, fontVariantNumeric: 'tabular-nums', textAlign: 'right' },
      p: { margin: theme.spacing(0.5, 0, 0) },
    }),
    hint: css({ color: theme.colors.text.secondary }),
    link: css({
      display: 'block',
      marginTop: theme.spacing(0.5),
      color: theme.colors.text.link,
      '&:hover': { textDecoration: 'underline' },
    }),
  };
}
