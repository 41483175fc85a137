import { useStyles2 } from '@grafana/ui';
import { markProps, type MarkPlace } from '@coditect/plugins-shared/panel/components';
import { memo } from 'react';
import type { RetentionCell, RetentionRow, RetentionViewModel } from '../model/build-view-model';
import { testIds } from '../testIds';
import type { RetentionPanelOptions } from '../types';
import { getTableStyles } from './styles';

interface Props {
  model: RetentionViewModel;
  options: RetentionPanelOptions;
  width: number;
  tabStop: MarkPlace;
}

/** Cohorts as rows, periods as columns. A real table, so it needs no other one for those who hear it. */
export const Heatmap = memo(function Heatmap({ model, options, width, tabStop }: Props) {
  const styles = useStyles2(getTableStyles);
  const { periods, rows, mean } = model;
  const hasSize = options.showSize && width >= 320;
  // Names of periods take more room than their cells: a number is enough where there is none.
  const isWide = (width - 180) / periods.length >= 62;
  const shared = { tabStop, hasSize };
  return (
    <table
      data-testid={testIds.table}
      className={styles.table}
      style={{ height: `min(100%, ${(rows.length + 2) * 3}em)` }}
    >
      <thead>
        <tr>
          <th scope="col" className={styles.corner}>
            {model.heading}
          </th>
          {hasSize && (
            <th scope="col" className={styles.head}>
              Users
            </th>
          )}
          {periods.map(({ key, label }) => (
            <th key={key} scope="col" className={styles.head} aria-label={label} title={label}>
              {isWide ? label : key}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <Row key={row.key} row={row} index={index} {...shared} />
        ))}
      </tbody>
      {mean && (
        <tfoot data-testid={testIds.mean}>
          <Row row={mean} index={rows.length} {...shared} isMean />
        </tfoot>
      )}
    </table>
  );
});

interface RowProps {
  row: RetentionRow;
  index: number;
  tabStop: MarkPlace;
  hasSize: boolean;
  isMean?: boolean;
}

function Row({ row, index, tabStop, hasSize, isMean = false }: RowProps) {
  const styles = useStyles2(getTableStyles);
  return (
    <tr className={styles.row}>
      <th scope="row" className={isMean ? styles.meanLabel : styles.label}>
        {row.label}
      </th>
      {hasSize && <td className={isMean ? styles.meanSize : styles.size}>{row.size}</td>}
      {row.cells.map((cell, column) =>
        cell ? (
          <Cell key={cell.period} cell={cell} isMean={isMean} mark={markProps(index, column, tabStop)} />
        ) : (
          // Cells stand in the order of the periods, which never changes.
          <td key={`none-${column}`} className={isMean ? styles.meanSize : undefined} />
        ),
      )}
    </tr>
  );
}

interface CellProps {
  cell: RetentionCell;
  isMean: boolean;
  mark: ReturnType<typeof markProps>;
}

function Cell({ cell, isMean, mark }: CellProps) {
  const styles = useStyles2(getTableStyles);
  const { color, isOpen } = cell;
  return (
    <td
      {...mark}
      data-testid={testIds.cell}
      data-open={isOpen}
      className={isOpen ? styles.open : isMean ? styles.meanCell : styles.cell}
      style={color && { background: color.background, color: color.ink }}
      aria-label={cell.spoken}
      {...(cell.hasLinks && { 'aria-haspopup': 'dialog' })}
    >
      {cell.text}
    </td>
  );
}
