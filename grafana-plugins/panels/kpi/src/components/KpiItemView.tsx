import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import type { KpiItem } from '../model/build-view-model';
import type { Delta } from '../model/delta';
import type { CellLayout } from '../model/layout';
import type { TargetProgress } from '../model/target';
import { testIds } from '../testIds';
import type { ColorMode } from '../types';
import { Definition } from './Definition';
import { Sparkline } from './Sparkline';
import { getStyles } from './styles';

interface Props {
  item: KpiItem;
  layout: CellLayout;
  colorMode: ColorMode;
  isFilled: boolean;
  isFramed: boolean;
}

/** One KPI in one cell. Seen and heard separately: the parts are hidden from screen readers, the sentence from eyes. */
export function KpiItemView({ item, layout, colorMode, isFilled, isFramed }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const isOnColor = colorMode === 'background' && item.status !== undefined;
  const ink = isOnColor ? theme.colors.getContrastText(item.color) : undefined;
  const valueColor = ink ?? (colorMode === 'value' ? item.color : theme.colors.text.primary);
  const trendColor = ink ?? (item.status && colorMode !== 'none' ? item.color : theme.colors.primary.text);
  return (
    <div
      data-testid={testIds.item}
      role="group"
      aria-label={item.spoken}
      className={isFramed ? styles.framedItem : styles.item}
      style={{
        padding: layout.padding,
        flexDirection: layout.orientation,
        ...(isOnColor && { background: item.color, color: ink }),
      }}
    >
      <div className={styles.texts}>
        {layout.showTitle && (
          <div className={styles.titleRow}>
            <span data-testid={testIds.title} className={styles.title} title={item.title} aria-hidden="true">
              {item.title}
            </span>
            {item.explanation && <Definition explanation={item.explanation} />}
          </div>
        )}
        <div className={styles.valueRow}>
          {item.status && (
            <span
              data-testid={testIds.status}
              title={item.status.label}
              className={styles.status}
              style={{ color: valueColor }}
              aria-hidden="true"
            >
              <Icon name={item.status.icon} size={layout.valueSize > 24 ? 'lg' : 'sm'} />
            </span>
          )}
          <Value item={item} size={layout.valueSize} color={valueColor} />
          {!layout.showTitle && item.explanation && <Definition explanation={item.explanation} />}
        </div>
        {layout.showDelta && item.delta && (
          <DeltaView
            delta={item.delta}
            label={layout.showDeltaLabel ? item.deltaLabel : ''}
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
          isFilled={isFilled}
          previousColor={ink}
        />
      )}
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

function DeltaView({ delta, label, isPlain }: { delta: Delta; label: string; isPlain: boolean }) {
  const styles = useStyles2(getStyles);
  return (
    <div
      data-testid={testIds.delta}
      data-judgement={delta.judgement}
      className={styles.line}
      title={`${delta.text} ${label}`}
      aria-hidden="true"
    >
      <span className={isPlain ? styles.plain : styles[delta.judgement]}>
        <Icon name={trendIcons[delta.trend]} size="sm" />
        {delta.text}
      </span>
      {label !== '' && <span className={isPlain ? styles.plain : styles.secondary}>{label}</span>}
    </div>
  );
}

function TargetView({
  target,
  isLong,
  isPlain,
}: {
  target: TargetProgress;
  isLong: boolean;
  isPlain: boolean;
}) {
  const styles = useStyles2(getStyles);
  const tone = isPlain ? styles.plain : styles[target.judgement];
  return (
    <div data-testid={testIds.target} aria-hidden="true">
      <div className={styles.track}>
        <div
          data-testid={testIds.progress}
          className={`${styles.bar} ${tone}`}
          style={{ width: `${(target.share * 100).toFixed(1)}%` }}
        />
      </div>
      <div className={styles.line} title={`${target.text}, ${target.verdict}`}>
        {target.judgement !== 'neutral' && (
          <span className={tone}>
            <Icon name={target.judgement === 'good' ? 'check-circle' : 'times-circle'} size="sm" />
          </span>
        )}
        <span className={isPlain ? styles.plain : styles.secondary}>
          {isLong ? target.text : target.shortText}
        </span>
      </div>
    </div>
  );
}
