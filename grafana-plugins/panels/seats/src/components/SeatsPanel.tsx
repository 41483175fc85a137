import type { PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { NoteContent } from '@coditect/plugins-shared/panel';
import {
  ExplanationLine,
  Note,
  PanelMessage,
  useMarks,
  usePanelModel,
  type MarkPlace,
} from '@coditect/plugins-shared/panel/components';
import { migrateOptions } from '../migrations';
import { buildViewModel, type SeatsNow, type SeatsViewModel } from '../model/build-view-model';
import { layoutSeats, numberWidthOf } from '../model/layout';
import { testIds } from '../testIds';
import type { SeatsPanelOptions } from '../types';
import { barRow, Seats, trendRow } from './Seats';
import { getStyles } from './styles';
import { Transitions } from './Transitions';

/** Frames in, seats out: what to show is decided in `model/`, this only draws it. */
export function SeatsPanel(props: PanelProps<SeatsPanelOptions>) {
  const { data, width, height, fieldConfig } = props;
  const styles = useStyles2(getStyles);
  const { options, model } = usePanelModel(props, migrateOptions, buildViewModel);
  const marks = useMarks((place) => (contentOf(model, place)?.links.length ?? 0) > 0);
  const { now, trend, transitions, explanation } = model;

  if (!now && transitions.length === 0) {
    return (
      <PanelMessage
        data={data}
        problem={model.problem}
        subject="These are no seats"
        noDataText={fieldConfig.defaults.noValue}
        testIds={testIds}
      />
    );
  }
  const footer = explanation && height >= 160 ? explanation : undefined;
  const footerHeight = (model.remarks.length + Number(footer !== undefined)) * 20;
  const layout = layoutSeats(width, height - footerHeight, {
    numberWidths: now ? numberWidthsOf(now) : [],
    bar: options.showBar && (now?.parts.length ?? 0) > 0,
    trend: trend !== undefined,
    transitionCount: transitions.length,
  });
  const isBeside = now !== undefined && layout.isBeside;
  const content = marks.active && contentOf(model, marks.active);
  return (
    <div data-testid={testIds.root} className={styles.panel} style={{ width, height }}>
      <div className={isBeside ? styles.beside : styles.under}>
        {now && (
          <Seats
            now={now}
            trend={trend}
            layout={layout}
            width={isBeside ? width / 2 - 8 : width}
            marks={marks}
          />
        )}
        {(layout.hasTransitions || !now) && (
          <Transitions transitions={transitions} hasCost={model.hasTransitionCost} isNarrow={width < 520} />
        )}
      </div>
      {model.remarks.map((remark) => (
        <div key={remark} data-testid={testIds.remark} className={styles.remark}>
          {remark}
        </div>
      ))}
      {footer && <ExplanationLine explanation={footer} testId={testIds.explanation} />}
      {marks.active && content && (
        <Note mark={marks.active} content={content} testId={testIds.note} onClose={marks.dismiss} />
      )}
    </div>
  );
}

function contentOf({ now, trend }: SeatsViewModel, { row, column }: MarkPlace): NoteContent | undefined {
  if (row === trendRow) {
    const note = trend?.notes[column];
    return note && { ...note, links: [] };
  }
  const part = row === barRow ? now?.parts[column] : undefined;
  return part && { ...part.note, links: part.links() };
}

function numberWidthsOf({ numbers, utilisation, cost }: SeatsNow): number[] {
  return [
    ...numbers.map(({ label, text }) => numberWidthOf(label, text)),
    ...(utilisation === undefined ? [] : [numberWidthOf('Utilisation', utilisation)]),
    ...(cost ? [numberWidthOf('Idle cost', cost.text)] : []),
  ];
}
