import { PanelMessage, usePanelModel } from '@coditect/plugins-shared/panel/components';
import type { PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { migrateOptions } from '../migrations';
import { buildViewModel, type KpiItem } from '../model/build-view-model';
import { layoutGrid, type LayoutWishes } from '../model/layout';
import { valueEmsOf } from '../model/value-width';
import { testIds } from '../testIds';
import type { KpiPanelOptions } from '../types';
import { KpiItemView } from './KpiItemView';
import { getStyles } from './styles';
import { targetWords } from './TargetView';

/** Frames in, KPIs out: what to show is decided in `model/`, this only draws it. */
export function KpiPanel(props: PanelProps<KpiPanelOptions>) {
  const { data, width, height, fieldConfig } = props;
  const styles = useStyles2(getStyles);
  const { options, model } = usePanelModel(props, migrateOptions, buildViewModel);
  const { items, hiddenCount, problem } = model;

  if (items.length === 0) {
    return (
      <PanelMessage
        data={data}
        problem={problem}
        subject="This is no KPI"
        noDataText={fieldConfig.defaults.noValue}
        testIds={testIds}
      />
    );
  }
  const showTitles = options.titleMode === 'always' || (options.titleMode === 'auto' && items.length > 1);
  const moreHeight = hiddenCount > 0 ? 20 : 0;
  const grid = layoutGrid(width, height - moreHeight, wishesOf(items, showTitles, options));
  return (
    <div data-testid={testIds.root} className={styles.panel} style={{ width, height }}>
      <div
        className={styles.grid}
        style={{
          gridTemplateColumns: `repeat(${grid.columns}, minmax(0, 1fr))`,
          gridAutoRows: grid.isScrolling ? grid.cell.height : 'minmax(0, 1fr)',
          gap: grid.gap,
          overflowY: grid.isScrolling ? 'auto' : 'hidden',
        }}
      >
        {items.map((item) => (
          <KpiItemView
            key={item.key}
            item={item}
            layout={grid.cell}
            colorMode={options.colorMode}
            trend={options.sparkline}
            isFramed={items.length > 1}
          />
        ))}
      </div>
      {hiddenCount > 0 && (
        <div data-testid={testIds.more} className={styles.more}>
          {hiddenCount} more are not shown. Filter the query, or give it a limit.
        </div>
      )}
    </div>
  );
}

function wishesOf(
  items: readonly KpiItem[],
  hasTitle: boolean,
  { colorMode, layout }: KpiPanelOptions,
): LayoutWishes {
  const longest = (length: (item: KpiItem) => number) => Math.max(...items.map(length));
  return {
    mode: layout,
    count: items.length,
    valueEms: longest(({ value }) => valueEmsOf(value)),
    hasPadding: items.length > 1 || colorMode === 'background',
    hasTitle,
    hasDelta: items.some(({ delta }) => delta !== undefined),
    deltaLength: longest(({ delta, deltaText, deltaLabel }) =>
      delta ? `${deltaText} ${deltaLabel}`.length : 0,
    ),
    deltaTextLength: longest(({ deltaText }) => deltaText.length),
    hasTarget: items.some(({ target }) => target !== undefined),
    targetLength: longest(({ target }) => (target ? targetWords(target).length : 0)),
    hasFooter: items.some(({ footer }) => footer !== undefined),
    hasSparkline: items.some(({ sparkline }) => sparkline !== undefined),
    iconCount: Number(items.some(({ status }) => status)),
    markCount: hasTitle
      ? 0
      : Number(items.some((item) => item.explanation)) +
        // The badge has a word beside its icon.
        3 * Number(items.some(({ concerns }) => concerns.length > 0)),
  };
}
