import { useStyles2, useTheme2 } from '@grafana/ui';
import { markProps, SpokenTable, type Marks } from '@coditect/plugins-shared/panel/components';
import { useEffect, useRef, useState } from 'react';
import type { RetentionViewModel } from '../model/build-view-model';
import { shapeCurve, type CurveLine } from '../model/curve';
import { testIds } from '../testIds';
import { getCurveStyles } from './styles';

interface Props {
  model: RetentionViewModel;
  width: number;
  marks: Pick<Marks, 'active' | 'tabStop'>;
}

const axis = { left: 44, bottom: 20, top: 8, right: 12 };

/** A line for each cohort, the newest one the strongest, and the mean of all. */
export function Curve({ model, width, marks }: Props) {
  const styles = useStyles2(getCurveStyles);
  const [ref, height] = useHeight();
  const right = width - axis.right;
  const shape = shapeCurve(model, { left: axis.left, top: axis.top, right, bottom: height - axis.bottom });
  const looked = marks.active?.row;
  return (
    <div ref={ref} className={styles.chart}>
      <svg
        data-testid={testIds.curve}
        width={width}
        height={height}
        role="group"
        aria-label="Retention by cohort"
      >
        <g className={styles.axis} aria-hidden="true">
          {shape.yTicks.map(({ y, text }) => (
            <g key={y}>
              <line x1={axis.left} x2={right} y1={y} y2={y} />
              <text x={axis.left - 6} y={y} textAnchor="end" dominantBaseline="middle">
                {text}
              </text>
            </g>
          ))}
          {shape.xTicks.map(({ x, text }) => (
            <text key={x} x={x} y={height - 4} textAnchor={x === axis.left ? 'start' : 'middle'}>
              {text}
            </text>
          ))}
        </g>
        {shape.lines.map((line, row) => (
          <Line
            key={line.key}
            line={line}
            isLooked={looked === row}
            isDim={looked !== undefined && looked !== row}
          />
        ))}
        {shape.lines.map((line, row) =>
          line.points.map(({ x, y, column, spoken }) => (
            <circle
              key={`${line.key} ${column}`}
              {...markProps(row, column, firstMark(shape.lines, marks.tabStop))}
              className={styles.mark}
              cx={x}
              cy={y}
              r={4}
              role="img"
              aria-label={spoken}
            />
          )),
        )}
      </svg>
      <SpokenTable
        caption="Retention by cohort"
        columns={[model.heading, 'Users', ...model.periods.map(({ label }) => label)]}
        rows={[...model.rows, ...(model.mean ? [model.mean] : [])].map(({ label, size, cells }) => [
          label,
          size,
          ...cells.map((cell) => (cell?.isOpen ? 'has not ended' : (cell?.text ?? ''))),
        ])}
      />
    </div>
  );
}

function Line({ line, isLooked, isDim }: { line: CurveLine; isLooked: boolean; isDim: boolean }) {
  const { colors, visualization } = useTheme2();
  const strength = isLooked || line.isMean ? 1 : 0.35 + 0.6 * line.place;
  return (
    <path
      data-testid={line.isMean ? testIds.meanLine : testIds.line}
      d={line.path}
      fill="none"
      stroke={line.isMean ? colors.text.primary : visualization.getColorByName('blue')}
      strokeWidth={line.isMean || isLooked ? 3 : 1.5}
      strokeOpacity={isDim ? strength * 0.3 : strength}
      strokeDasharray={line.isMean ? '6 4' : undefined}
      strokeLinejoin="round"
      strokeLinecap="round"
    />
  );
}

/** The first cohort may have no point in the first period, and Tab needs a place to stop at. */
function firstMark(lines: readonly CurveLine[], stop: Marks['tabStop']): Marks['tabStop'] {
  const isThere = lines[stop.row]?.points.some(({ column }) => column === stop.column) ?? false;
  const row = lines.findIndex(({ points }) => points.length > 0);
  return isThere ? stop : { row, column: lines[row]?.points[0]?.column ?? 0 };
}

/** What is left of the panel's height under its footer. */
function useHeight() {
  const ref = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) {
      return undefined;
    }
    const measure = () => setHeight(element.clientHeight);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return [ref, Math.max(height, axis.top + axis.bottom + 20)] as const;
}
