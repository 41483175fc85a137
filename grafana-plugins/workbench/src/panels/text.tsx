import { PanelPlugin, renderTextPanelMarkdown, type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import { standInMeta } from './stand-in-meta';

interface TextOptions {
  mode: 'markdown' | 'html' | 'code';
  content: string;
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    height: '100%',
    overflow: 'auto',
    '& > :last-child': { marginBottom: 0 },
    '& p': { marginBottom: theme.spacing(1) },
    '& ul': { paddingLeft: theme.spacing(2.5) },
  }),
});

function TextPanel({ options, replaceVariables }: PanelProps<TextOptions>) {
  const styles = useStyles2(getStyles);
  const text = replaceVariables(options.content, {}, options.mode === 'html' ? 'html' : undefined);
  if (options.mode === 'code') {
    return <pre>{text}</pre>;
  }
  // Markdown and HTML both pass Grafana's own sanitizer.
  return (
    <div
      className={`markdown-html ${styles.box}`}
      dangerouslySetInnerHTML={{ __html: renderTextPanelMarkdown(text) }}
    />
  );
}

const plugin = new PanelPlugin<TextOptions>(TextPanel).setNoPadding().setPanelOptions((builder) => {
  builder.addTextInput({
    path: 'content',
    name: 'Content',
    defaultValue: '',
    settings: { useTextarea: true, rows: 12 },
  });
});
plugin.noPadding = false;
plugin.meta = { ...standInMeta('text', 'Text'), skipDataQuery: true };

export const textPanel = plugin;
