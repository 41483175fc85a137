import type { PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import {
  ExplanationLine,
  Note,
  PanelMessage,
  SpokenTable,
  useMarks,
  usePanelModel,
} from '@coditect/plugins-shared/panel/components';
import { useState } from 'react';
import { migrateOptions } from '../migrations';
import { buildViewModel, type FunnelBar, type FunnelViewModel } from '../model/build-view-model';
import { chooseShape } from '../model/layout';
import { testIds } from '../testIds';
import type { FunnelPanelOptions } from '../types';
import { Legend } from './Legend';
import { Rows } from './Rows';
import { Bars } from './Bars';
import { getStyles } from './styles';

/** Frames in, a funnel out: what to show is decided in `model/`, this only draws it. */
export function FunnelPanel(props: PanelProps<FunnelPanelOptions>) {
  const { data, width, height, fieldConfig } = props;
  const styles = useStyles2(getStyles);
  const { options, model } = usePanelModel(props, migrateOptions, buildViewModel);
  const [chosen, setChosen] = useState<string>();
  const shape = chooseShape(options.layout, {
    ...{ width, height, stepCount: model.steps.length, groupCount: model.groups.length },
  });
  const barAt = (place: { row: number; column: number }) =>
    findBar(model, shape.isVertical ? place.column : place.row);
  const marks = useMarks((place) => barAt(place)?.hasLinks ?? false);

  if (model.steps.length === 0) {
    return (
      <PanelMessage
        data={data}
        problem={model.problem}
        subject="This is no funnel"
        noDataText={fieldConfig.defaults.noValue}
        testIds={testIds}
      />
    );
  }
  const hasLegend = options.showLegend && model.groups.some(({ name }) => name !== '');
  const looked = marks.active && barAt(marks.active);
  const Chart = shape.isVertical ? Bars : Rows;
  return (
    <div data-testid={testIds.root} className={styles.panel} style={{ width, height }}>
      {hasLegend && height >= 120 && <Legend groups={model.groups} chosen={chosen} onChoose={setChosen} />}
      <div {...marks.containerProps} className={styles.chart}>
        <Chart
          model={model}
          options={options}
          shape={shape}
          isNarrow={width < 420}
          chosen={chosen}
          tabStop={marks.tabStop}
        />
      </div>
      {model.remarks.map((remark) => (
        <div key={remark} data-testid={testIds.remark} className={styles.remark} title={remark}>
          {remark}
        </div>
      ))}
      {model.explanation && height >= 160 && (
        <ExplanationLine explanation={model.explanation} testId={testIds.explanation} />
      )}
      <SpokenTable caption="Funnel" {...model.table} />
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

/** Bars are numbered along the chart: all groups of the first step, then all of the second. */
function findBar({ steps, groups }: FunnelViewModel, index: number): FunnelBar | undefined {
  const step = steps[Math.floor(index / groups.length)];
  return step?.bars[index % groups.length];
}
