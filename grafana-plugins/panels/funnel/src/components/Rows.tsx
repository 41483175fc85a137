import { Icon, useStyles2 } from '@grafana/ui';
import { markProps } from '@coditect/plugins-shared/panel/components';
import type { FunnelStep } from '../model/build-view-model';
import { testIds } from '../testIds';
import type { ChartProps } from './chart-props';
import { getRowStyles, getStyles } from './styles';
import { ValueLine, valueLength } from './ValueLine';
import { Worst } from './Worst';

/** Steps from top to bottom, bars that lie. Fits any width; what doesn't fit the height is scrolled. */
export function Rows({ model: { steps, groups }, options, isNarrow, chosen, tabStop }: ChartProps) {
  const styles = useStyles2(getRowStyles);
  const longest = Math.max(
    ...steps.flatMap(({ bars }) => bars.map((bar) => valueLength(bar, options.valueText))),
  );
  const textWidth = longest === 0 ? '0' : `${longest + 1}ch`;
  return (
    <div className={styles.rows}>
      {steps.map((step, index) => (
        <div key={step.key} data-testid={testIds.step}>
          {index > 0 && <LossLine step={step} options={options} />}
          <div className={isNarrow ? styles.narrowRow : styles.row}>
            <span className={styles.name} title={step.label}>
              {step.label}
            </span>
            <div>
              {step.bars.map((bar, position) => (
                <div
                  key={bar.group}
                  {...markProps(index * groups.length + position, 0, tabStop)}
                  data-testid={testIds.bar}
                  className={chosen !== undefined && chosen !== bar.group ? styles.dimLine : styles.line}
                  style={{ gridTemplateColumns: `minmax(0, 1fr) ${textWidth}` }}
                  role={bar.hasLinks ? 'button' : 'img'}
                  aria-label={bar.spoken}
                >
                  <div className={styles.track}>
                    <div
                      className={styles.lying}
                      style={{ width: `${(bar.size * 100).toFixed(2)}%`, background: bar.color }}
                    />
                  </div>
                  <ValueLine bar={bar} show={options.valueText} isStacked={false} />
                </div>
              ))}
            </div>
          </div>
        </div>
      ))}
    </div>
  );
}

function LossLine({
  step: { loss, isWorst },
  options,
}: {
  step: FunnelStep;
  options: ChartProps['options'];
}) {
  const styles = useStyles2(getStyles);
  const rowStyles = useStyles2(getRowStyles);
  const time = options.showTime ? loss?.time : undefined;
  if (!isWorst && !(loss && (options.showDropOff || time !== undefined))) {
    return null;
  }
  return (
    <div className={rowStyles.loss} aria-hidden="true">
      <Icon name="arrow-down" size="sm" aria-hidden />
      {loss && options.showDropOff && (
        <span data-testid={testIds.dropOff} className={isWorst ? styles.worst : undefined}>
          {loss.text}
        </span>
      )}
      {time !== undefined && <span>{time}</span>}
      {isWorst && <Worst />}
    </div>
  );
}
