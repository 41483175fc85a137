import type { PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import {
  ExplanationLine,
  Note,
  PanelMessage,
  useMarks,
  usePanelModel,
  type MarkPlace,
} from '@coditect/plugins-shared/panel/components';
import { migrateOptions } from '../migrations';
import { buildViewModel, type RetentionCell, type RetentionViewModel } from '../model/build-view-model';
import { linesMax } from '../model/curve';
import { testIds } from '../testIds';
import type { RetentionPanelOptions } from '../types';
import { Curve } from './Curve';
import { Heatmap } from './Heatmap';
import { CurveLegend, HeatmapLegend } from './Legend';
import { getStyles } from './styles';

/** Frames in, cohorts out: what to show is decided in `model/`, this only draws it. */
export function RetentionPanel(props: PanelProps<RetentionPanelOptions>) {
  const { data, width, height, fieldConfig } = props;
  const styles = useStyles2(getStyles);
  const { options, model } = usePanelModel(props, migrateOptions, buildViewModel);
  const isCurve = options.view === 'curve';
  const cellAt = (place: MarkPlace) => findCell(model, place, isCurve);
  const marks = useMarks((place) => cellAt(place)?.hasLinks ?? false);

  if (model.rows.length === 0) {
    return (
      <PanelMessage
        data={data}
        problem={model.problem}
        subject="This is no retention"
        noDataText={fieldConfig.defaults.noValue}
        testIds={testIds}
      />
    );
  }
  const looked = marks.active && cellAt(marks.active);
  const hasRoom = height >= 160;
  const remarks =
    isCurve && model.rows.length > linesMax ? [`The last ${linesMax} cohorts are drawn.`] : model.remarks;
  return (
    <div data-testid={testIds.root} className={styles.panel} style={{ width, height }}>
      <div {...marks.containerProps} className={isCurve ? styles.curveArea : styles.tableArea}>
        {isCurve ? (
          <Curve model={model} width={width} marks={marks} />
        ) : (
          <Heatmap model={model} options={options} width={width} tabStop={marks.tabStop} />
        )}
      </div>
      {remarks.map((remark) => (
        <div key={remark} data-testid={testIds.remark} className={styles.remark}>
          {remark}
        </div>
      ))}
      {hasRoom && (options.showLegend || model.explanation) && (
        <div className={styles.footer}>
          {model.explanation && (
            <ExplanationLine explanation={model.explanation} testId={testIds.explanation} />
          )}
          {options.showLegend && (isCurve ? <CurveLegend model={model} /> : <HeatmapLegend model={model} />)}
        </div>
      )}
      {marks.active && looked && (
        <Note
          mark={marks.active}
          content={{ ...looked.note, links: looked.links() }}
          testId={testIds.note}
          onClose={marks.dismiss}
        />
      )}
    </div>
  );
}

/** The mean is the row after the last one that is drawn. */
function findCell(
  { rows, mean }: RetentionViewModel,
  { row, column }: MarkPlace,
  isCurve: boolean,
): RetentionCell | undefined {
  const drawn = isCurve ? rows.slice(-linesMax) : rows;
  return (drawn[row] ?? (row === drawn.length ? mean : undefined))?.cells[column];
}
