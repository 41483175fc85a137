import { useStyles2 } from '@grafana/ui';
import { shapeSparkline, type SparklineSeries } from '../model/sparkline';
import { testIds } from '../testIds';
import { getStyles } from './styles';

interface Props {
  series: SparklineSeries;
  width: number;
  height: number;
  color: string;
  /** Of the previous period; the theme's when there is none. */
  previousColor: string | undefined;
  mode: 'area' | 'line' | 'bars';
}

/** The trend, with the previous period behind it as a dashed line. Hidden from screen readers: the text says more. */
export function Sparkline({ series, width, height, color, previousColor, mode }: Props) {
  const styles = useStyles2(getStyles);
  const shape = shapeSparkline(series, { width, height }, mode === 'bars');
  return (
    <svg
      data-testid={testIds.sparkline}
      className={styles.sparkline}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      focusable="false"
    >
      {mode === 'area' && <path d={shape.area} fill={color} fillOpacity={0.12} />}
      {shape.bars.map((bar) => (
        <rect key={bar.x} {...bar} fill={color} fillOpacity={0.7} />
      ))}
      {shape.previous !== '' && (
        <path
          data-testid={testIds.previousLine}
          className={styles.previousLine}
          style={previousColor === undefined ? {} : { stroke: previousColor }}
          d={shape.previous}
          fill="none"
          strokeWidth={1.25}
          strokeDasharray="3 3"
          strokeLinecap="round"
        />
      )}
      {mode !== 'bars' && (
        <path
          d={shape.line}
          fill="none"
          stroke={color}
          strokeWidth={1.75}
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      )}
      {mode !== 'bars' && shape.last && <circle cx={shape.last.x} cy={shape.last.y} r={2.5} fill={color} />}
    </svg>
  );
}
