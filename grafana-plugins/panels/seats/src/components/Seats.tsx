import { useStyles2 } from '@grafana/ui';
import type { Marks } from '@coditect/plugins-shared/panel/components';
import type { SeatsNow, SeatsTrend } from '../model/build-view-model';
import type { SeatsLayout } from '../model/layout';
import { Numbers } from './Numbers';
import { SeatBar } from './SeatBar';
import { getStyles } from './styles';
import { Trend } from './Trend';

/** Marks lie in two rows: the parts of the bar, and the times of the trend. */
export const barRow = 0;
export const trendRow = 1;

interface Props {
  now: SeatsNow;
  trend: SeatsTrend | undefined;
  layout: SeatsLayout;
  width: number;
  marks: Marks;
}

/** Today's seats in numbers and to scale, and how they came about. */
export function Seats({ now, trend, layout, width, marks }: Props) {
  const styles = useStyles2(getStyles);
  const { active, tabStop, containerProps } = marks;
  // Without the bar there is no mark where Tab stops at first.
  const stop = layout.hasBar || tabStop.row === trendRow ? tabStop : { row: trendRow, column: 0 };
  return (
    <div {...containerProps} className={styles.seats}>
      <Numbers now={now} />
      {layout.hasBar && <SeatBar parts={now.parts} row={barRow} stop={stop} />}
      {trend && layout.trendHeight > 0 && (
        <Trend
          trend={trend}
          width={width}
          height={layout.trendHeight}
          row={trendRow}
          stop={stop}
          looked={active?.row === trendRow ? active.column : undefined}
        />
      )}
    </div>
  );
}
