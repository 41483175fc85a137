import { useStyles2 } from '@grafana/ui';
import { Fragment, type ReactNode } from 'react';
import { markProps } from '@coditect/plugins-shared/panel/components';
import type { FunnelBar, FunnelStep } from '../model/build-view-model';
import { barParts } from '../model/layout';
import { testIds } from '../testIds';
import type { ChartProps } from './chart-props';
import { getBarStyles, getStyles } from './styles';
import { ValueLine } from './ValueLine';
import { Worst } from './Worst';

/** Steps from left to right, bars that stand. */
export function Bars({ model: { steps, groups }, options, shape, chosen, tabStop }: ChartProps) {
  const styles = useStyles2(getBarStyles);
  const bar = `minmax(0, ${barParts.bar}fr)`;
  const between = `minmax(0, ${barParts.between}fr)`;
  const isSingle = groups.length === 1;
  return (
    <div
      className={styles.bars}
      style={{ gridTemplateColumns: [bar, ...steps.slice(1).flatMap(() => [between, bar])].join(' ') }}
    >
      {steps.map((step, index) => {
        const column = { gridColumn: 2 * index + 1 };
        return (
          <Fragment key={step.key}>
            <div data-testid={testIds.step} className={styles.label} style={column} title={step.label}>
              <span className={styles.name}>{step.label}</span>
              {step.isWorst && <Worst />}
            </div>
            {index > 0 && (
              <Between
                step={step}
                before={steps[index - 1]}
                column={2 * index}
                hasText={shape.hasRoomBetween}
                options={options}
                isSingle={isSingle}
              />
            )}
            <div className={styles.area} style={column}>
              {step.bars.map((drawn, position) => (
                <Bar
                  key={drawn.group}
                  bar={drawn}
                  isDim={chosen !== undefined && chosen !== drawn.group}
                  mark={markProps(0, index * groups.length + position, tabStop)}
                  text={
                    isSingle || !shape.hasRoomAbove ? undefined : (
                      <ValueLine bar={drawn} show={options.valueText} isStacked />
                    )
                  }
                />
              ))}
            </div>
            <div className={styles.text} style={column} aria-hidden="true">
              {isSingle && step.bars[0] && (
                <ValueLine bar={step.bars[0]} show={options.valueText} isStacked />
              )}
              {!shape.hasRoomBetween && <Loss step={step} options={options} />}
            </div>
          </Fragment>
        );
      })}
    </div>
  );
}

function Bar({
  bar,
  isDim,
  mark,
  text,
}: {
  bar: FunnelBar;
  isDim: boolean;
  mark: ReturnType<typeof markProps>;
  text: ReactNode;
}) {
  const styles = useStyles2(getBarStyles);
  return (
    <div
      {...mark}
      data-testid={testIds.bar}
      className={isDim ? styles.dimSlot : styles.slot}
      role={bar.hasLinks ? 'button' : 'img'}
      aria-label={bar.spoken}
    >
      {text}
      <div className={styles.track}>
        <div
          className={styles.standing}
          style={{ height: `${(bar.size * 100).toFixed(2)}%`, background: bar.color }}
        />
      </div>
    </div>
  );
}

interface BetweenProps {
  step: FunnelStep;
  before: FunnelStep | undefined;
  column: number;
  hasText: boolean;
  options: ChartProps['options'];
  isSingle: boolean;
}

/** The way from one bar to the next: a slope between their tops, and what was lost on it. */
function Between({ step, before, column, hasText, options, isSingle }: BetweenProps) {
  const styles = useStyles2(getBarStyles);
  const [from, to] = [before?.bars[0], step.bars[0]];
  const top = (bar: FunnelBar) => 100 - bar.size * 100;
  return (
    <div className={styles.between} style={{ gridColumn: column }} aria-hidden="true">
      {isSingle && from && to && (
        <svg className={styles.slope} viewBox="0 0 100 100" preserveAspectRatio="none" focusable="false">
          <polygon
            points={`0,${top(from)} 100,${top(to)} 100,100 0,100`}
            fill={from.color}
            fillOpacity={0.14}
          />
        </svg>
      )}
      {hasText && <Loss step={step} options={options} />}
    </div>
  );
}

function Loss({ step: { loss, isWorst }, options }: { step: FunnelStep; options: ChartProps['options'] }) {
  const styles = useStyles2(getStyles);
  const barStyles = useStyles2(getBarStyles);
  if (!loss) {
    return null;
  }
  return (
    <span className={barStyles.loss}>
      {options.showDropOff && (
        <span data-testid={testIds.dropOff} className={isWorst ? styles.worst : undefined}>
          {loss.text}
        </span>
      )}
      {options.showTime && loss.time !== undefined && <span className={styles.secondary}>{loss.time}</span>}
    </span>
  );
}
