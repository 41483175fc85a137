import { Icon, useStyles2 } from '@grafana/ui';
import type { TargetProgress } from '../model/target';
import { testIds } from '../testIds';
import { getStyles } from './styles';

/** What stands under the bar when there is room. */
export function targetWords({ text, pace }: TargetProgress): string {
  return pace === undefined ? text : `${text}, ${pace.text}`;
}

/** A bar with how much of the target is reached, a mark where it should be by now, and the same in words. */
export function TargetView({
  target,
  isLong,
  isPlain,
}: {
  target: TargetProgress;
  isLong: boolean;
  isPlain: boolean;
}) {
  const styles = useStyles2(getStyles);
  const { pace } = target;
  const judgement = pace && !pace.isKept ? 'bad' : target.judgement;
  const tone = isPlain ? styles.plain : styles[judgement];
  return (
    <div data-testid={testIds.target} aria-hidden="true">
      <div className={styles.track}>
        <div
          data-testid={testIds.progress}
          className={`${styles.bar} ${tone}`}
          style={{ width: `${(target.share * 100).toFixed(1)}%` }}
        />
        {pace && (
          <div
            data-testid={testIds.pace}
            className={styles.paceMark}
            style={{ left: `${(pace.elapsed * 100).toFixed(1)}%` }}
          />
        )}
      </div>
      <div className={styles.line} title={`${targetWords(target)}, ${target.verdict}`}>
        {judgement !== 'neutral' && (
          <span className={tone}>
            <Icon name={judgement === 'good' ? 'check-circle' : 'times-circle'} size="sm" />
          </span>
        )}
        <span className={isPlain ? styles.plain : styles.secondary}>
          {isLong ? targetWords(target) : target.shortText}
        </span>
      </div>
    </div>
  );
}
