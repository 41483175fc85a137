import { Definition } from '@coditect/plugins-shared/panel/components';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import type { KpiItem } from '../model/build-view-model';
import type { Delta } from '../model/delta';
import type { CellLayout } from '../model/layout';
import { testIds } from '../testIds';
import type { ColorMode, SparklineMode } from '../types';
import { QualityBadge } from './QualityBadge';
import { Sparkline } from './Sparkline';
import { getStyles } from './styles';
import { TargetView } from './TargetView';
import { ValueLink } from './ValueLink';

interface Props {
  item: KpiItem;
  layout: CellLayout;
  colorMode: ColorMode;
  trend: SparklineMode;
  isFramed: boolean;
}

/** One KPI in one cell. Seen and heard separately: the parts are hidden from screen readers, the sentence from eyes. */
export function KpiItemView({ item, layout, colorMode, trend, isFramed }: Props) {
  const styles = useStyles2(getStyles);
  const { isOnColor, ink, valueColor, trendColor } = inkOf(item, colorMode, useTheme2());
  const isLine = layout.orientation === 'line';
  return (
    <div
      data-testid={testIds.item}
      role="group"
      aria-label={item.spoken}
      className={isFramed ? styles.framedItem : styles.item}
      style={{
        padding: layout.padding,
        flexDirection: layout.orientation === 'column' ? 'column' : 'row',
        ...(isOnColor && { background: item.color, color: ink }),
      }}
    >
      <div className={isLine ? styles.lineTexts : styles.texts}>
        {layout.showTitle && <TitleRow item={item} isLine={isLine} isPlain={isOnColor} />}
        <ValueRow item={item} layout={layout} color={valueColor} isPlain={isOnColor} />
        {layout.showDelta && item.delta && (
          <DeltaView
            delta={item.delta}
            text={item.deltaText}
            label={layout.showDeltaLabel ? item.deltaLabel : ''}
            title={`${item.delta.text} ${item.deltaLabel} (${item.deltaDetail})`}
            isPlain={isOnColor}
          />
        )}
        {layout.showTarget && item.target && (
          <TargetView target={item.target} isLong={layout.showTargetText} isPlain={isOnColor} />
        )}
        {layout.showFooter && item.footer !== undefined && (
          <div className={isOnColor ? styles.footerOnColor : styles.footer} aria-hidden="true">
            {item.note === undefined ? item.footer : `${item.note}. ${item.footer}`}
          </div>
        )}
      </div>
      {layout.sparkline && item.sparkline && (
        <Sparkline
          series={item.sparkline}
          {...layout.sparkline}
          color={trendColor}
          mode={trend === 'none' ? 'line' : trend}
          previousColor={ink}
        />
      )}
    </div>
  );
}

/** `ink` is the colour of everything on a coloured ground. */
function inkOf(item: KpiItem, colorMode: ColorMode, theme: GrafanaTheme2) {
  const isOnColor = colorMode === 'background' && item.status !== undefined;
  if (isOnColor) {
    const ink = theme.colors.getContrastText(item.color);
    return { isOnColor, ink, valueColor: ink, trendColor: ink };
  }
  const trendColor = item.status && colorMode !== 'none' ? item.color : theme.colors.primary.text;
  const valueColor = colorMode === 'value' ? item.color : theme.colors.text.primary;
  return { isOnColor, ink: undefined, valueColor, trendColor };
}

function TitleRow({ item, isLine, isPlain }: { item: KpiItem; isLine: boolean; isPlain: boolean }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={isLine ? styles.lineTitle : styles.titleRow}>
      <span data-testid={testIds.title} className={styles.title} title={item.title} aria-hidden="true">
        {item.title}
      </span>
      {item.explanation && <Definition explanation={item.explanation} testIds={testIds} />}
      <QualityBadge concerns={item.concerns} isPlain={isPlain} />
    </div>
  );
}

function ValueRow({
  item,
  layout,
  color,
  isPlain,
}: {
  item: KpiItem;
  layout: CellLayout;
  color: string;
  isPlain: boolean;
}) {
  const styles = useStyles2(getStyles);
  const hasMarks = !layout.showTitle && layout.showMarks;
  return (
    <div className={styles.valueRow}>
      {item.status && (
        <span
          data-testid={testIds.status}
          title={item.status.label}
          className={styles.status}
          style={{ color }}
          aria-hidden="true"
        >
          <Icon name={item.status.icon} size={layout.valueSize > 24 ? 'lg' : 'sm'} />
        </span>
      )}
      <ValueLink links={item.links()} label={item.title}>
        <Value item={item} size={layout.valueSize} color={color} />
      </ValueLink>
      {hasMarks && item.explanation && <Definition explanation={item.explanation} testIds={testIds} />}
      {hasMarks && <QualityBadge concerns={item.concerns} isPlain={isPlain} />}
    </div>
  );
}

function Value({ item, size, color }: { item: KpiItem; size: number; color: string }) {
  const styles = useStyles2(getStyles);
  const { prefix, text, suffix } = item.value;
  return (
    <span
      data-testid={testIds.value}
      className={styles.value}
      style={{ fontSize: size, color }}
      title={item.note}
      aria-hidden="true"
    >
      {prefix !== '' && <span className={styles.affix}>{prefix}</span>}
      {text}
      {suffix !== '' && <span className={styles.affix}>{suffix}</span>}
    </span>
  );
}

const trendIcons = { up: 'arrow-up', down: 'arrow-down', flat: 'minus' } as const;

function DeltaView({
  delta,
  text,
  label,
  title,
  isPlain,
}: {
  delta: Delta;
  text: string;
  label: string;
  title: string;
  isPlain: boolean;
}) {
  const styles = useStyles2(getStyles);
  return (
    <div
      data-testid={testIds.delta}
      data-judgement={delta.judgement}
      className={styles.line}
      title={title}
      aria-hidden="true"
    >
      <span className={isPlain ? styles.plain : styles[delta.judgement]}>
        <Icon name={trendIcons[delta.trend]} size="sm" />
        {text}
      </span>
      {label !== '' && <span className={isPlain ? styles.plain : styles.secondary}>{label}</span>}
    </div>
  );
}
