import {
  colorManipulator,
  dateTimeFormat,
  renderMarkdown,
  type DataFrame,
  type GrafanaTheme2,
} from '@grafana/data';
import { TagList, Tooltip, useStyles2, XYCanvas, type UPlotConfigBuilder } from '@grafana/ui';
import { css, cx } from '@emotion/css';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { marksWithin, toAnnotationMarks, type AnnotationMark } from './annotation-marks';

/** The part of a uPlot chart that is used here. */
interface Plot {
  ctx: CanvasRenderingContext2D;
  bbox: { left: number; top: number; width: number; height: number };
  scales: Record<string, { min?: number | null; max?: number | null }>;
  valToPos: (value: number, scale: string, canvasPixels?: boolean) => number;
  redraw: (rebuildPaths?: boolean, recalcAxes?: boolean) => void;
}

const getStyles = (theme: GrafanaTheme2) => ({
  mark: css({
    position: 'absolute',
    height: 6,
    padding: 0,
    border: 0,
    cursor: 'pointer',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` },
  }),
  moment: css({ width: 10, marginLeft: -5, clipPath: 'polygon(50% 0, 100% 100%, 0 100%)' }),
  time: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});

function marksOn(plot: Plot, marks: readonly AnnotationMark[]): AnnotationMark[] {
  const { min, max } = plot.scales['x'] ?? {};
  return marksWithin(marks, min ?? -Infinity, max ?? Infinity);
}

/** Dashed lines at the ends of each mark, and a shade between them. */
function draw(plot: Plot, marks: readonly AnnotationMark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = 2;
  ctx.setLineDash([5, 5]);
  for (const mark of marksOn(plot, marks)) {
    const from = plot.valToPos(mark.fromMs, 'x', true);
    const to = plot.valToPos(mark.toMs, 'x', true);
    ctx.strokeStyle = mark.color;
    ctx.fillStyle = colorManipulator.alpha(mark.color, 0.1);
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    for (const x of new Set([from, to])) {
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  ctx.restore();
}

function MarkDetails({ mark, timeZone }: { mark: AnnotationMark; timeZone: string }) {
  const styles = useStyles2(getStyles);
  const isRegion = mark.toMs > mark.fromMs;
  const from = dateTimeFormat(mark.fromMs, { timeZone });
  return (
    <div data-testid="annotation-tooltip">
      <div className={styles.time}>
        {isRegion ? `${from} - ${dateTimeFormat(mark.toMs, { timeZone })}` : from}
      </div>
      {mark.title !== '' && <strong>{mark.title}</strong>}
      {/* Grafana's own sanitizer runs inside. */}
      <div dangerouslySetInnerHTML={{ __html: renderMarkdown(mark.text) }} />
      <TagList tags={mark.tags} />
    </div>
  );
}

function Mark({
  plot,
  mark,
  whole,
  timeZone,
}: {
  plot: Plot;
  mark: AnnotationMark;
  whole: AnnotationMark;
  timeZone: string;
}) {
  const styles = useStyles2(getStyles);
  const left = plot.valToPos(mark.fromMs, 'x');
  const width = plot.valToPos(mark.toMs, 'x') - left;
  const isRegion = whole.toMs > whole.fromMs;
  const top = plot.bbox.height / window.devicePixelRatio;
  return (
    <Tooltip content={<MarkDetails mark={whole} timeZone={timeZone} />} interactive>
      <button
        type="button"
        className={cx(styles.mark, !isRegion && styles.moment)}
        style={{ left, top, background: whole.color, ...(isRegion && { width: Math.max(width, 4) }) }}
        aria-label={`Annotation: ${whole.title || whole.text}`}
        data-testid={isRegion ? 'annotation-region' : 'annotation-moment'}
      />
    </Tooltip>
  );
}

interface Props {
  config: UPlotConfigBuilder;
  annotations: DataFrame[] | undefined;
  timeZone: string;
}

/** Annotations over a time series: lines and shades on the chart, and a mark below it that tells more. */
export function AnnotationsPlugin({ config, annotations, timeZone }: Props) {
  const marks = useMemo(() => toAnnotationMarks(annotations), [annotations]);
  const latest = useRef(marks);
  const [drawn, setDrawn] = useState<{ plot: Plot; count: number }>();
  useLayoutEffect(() => {
    // The chart keeps its hooks as long as it lives; what they draw is looked up anew.
    config.addHook('draw', (plot) => {
      draw(plot, latest.current);
      setDrawn((before) => ({ plot, count: (before?.count ?? 0) + 1 }));
    });
  }, [config]);
  const plot = drawn?.plot;
  useLayoutEffect(() => {
    latest.current = marks;
    plot?.redraw(false, false);
  }, [marks, plot]);
  if (plot === undefined || marks.length === 0) {
    return null;
  }
  const { left, top } = plot.bbox;
  return (
    <XYCanvas left={left / window.devicePixelRatio} top={top / window.devicePixelRatio}>
      {marks.flatMap((whole, index) =>
        marksOn(plot, [whole]).map((mark) => (
          <Mark key={`${whole.fromMs}-${index}`} plot={plot} mark={mark} whole={whole} timeZone={timeZone} />
        )),
      )}
    </XYCanvas>
  );
}
