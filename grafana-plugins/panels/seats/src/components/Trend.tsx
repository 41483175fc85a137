import { useStyles2 } from '@grafana/ui';
import { markProps, type MarkPlace } from '@coditect/plugins-shared/panel/components';
import type { SeatsTrend } from '../model/build-view-model';
import { isNarrowTrend } from '../model/layout';
import { mostOf, shapeTrend, trendKinds } from '../model/trend';
import { testIds } from '../testIds';
import { getTrendStyles } from './styles';

interface Props {
  trend: SeatsTrend;
  width: number;
  height: number;
  row: number;
  stop: MarkPlace;
  /** The time that is looked at. */
  looked: number | undefined;
}

const words = { purchased: 'Purchased', assigned: 'Assigned', active: 'Active' } as const;
const legendLine = 20;

/** Purchased, assigned and active seats over time, from zero. */
export function Trend({ trend, width, height, row, stop, looked }: Props) {
  const styles = useStyles2(getTrendStyles);
  const isNarrow = isNarrowTrend(width);
  const legendHeight = isNarrow ? 2 * legendLine : legendLine;
  const box = { left: 4, right: width - 4, top: 18, bottom: height - legendHeight - 4 };
  const shape = shapeTrend(trend.counts, box);
  const place = looked === undefined ? undefined : shape.places[looked];
  return (
    <div data-testid={testIds.trend}>
      <svg
        className={styles.chart}
        width={width}
        height={height - legendHeight}
        role="group"
        aria-label="Seats over time"
      >
        <g aria-hidden="true">
          <line className={styles.grid} x1={box.left} x2={box.right} y1={shape.topY} y2={shape.topY} />
          <line className={styles.grid} x1={box.left} x2={box.right} y1={box.bottom} y2={box.bottom} />
          <path className={styles.area} d={shape.area} />
          {trendKinds.map((kind) => (
            <path key={kind} className={styles[kind]} d={shape.lines[kind]} />
          ))}
          {place && <line className={styles.cross} x1={place.x} x2={place.x} y1={box.top} y2={box.bottom} />}
          <text className={styles.text} x={box.left + 2} y={shape.topY - 5}>
            {mostOf(trend.counts).toLocaleString('en-US')}
          </text>
        </g>
        {shape.places.map(({ x, width: strip }, column) => (
          // Times never change their order.
          <rect
            key={column}
            {...markProps(row, column, stop)}
            className={styles.strip}
            x={x - strip / 2}
            y={0}
            width={strip}
            height={height - legendHeight}
            role="img"
            aria-label={trend.notes[column]?.spoken}
          />
        ))}
      </svg>
      <div className={styles.legend} aria-hidden="true">
        <span>{trend.from}</span>
        <span className={isNarrow ? styles.linesBelow : styles.lines}>
          {trendKinds.map((kind) => (
            <span key={kind} className={styles.legendItem}>
              <svg width="20" height="8">
                <path className={styles[kind]} d="M1,4L19,4" />
              </svg>
              {words[kind]}
            </span>
          ))}
        </span>
        <span>{trend.to}</span>
      </div>
    </div>
  );
}
