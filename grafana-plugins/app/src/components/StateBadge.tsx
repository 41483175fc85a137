import type { ReportState } from '@coditect/contracts';
import { Badge } from '@grafana/ui';
import { stateWords } from '../model/report-words';
import { testIds } from '../testIds';

/** What has become of a report: a word and an icon beside the colour. */
export function StateBadge({ state }: { state: ReportState }) {
  const { text, color, icon } = stateWords[state];
  return <Badge text={text} color={color} icon={icon} data-testid={testIds.reports.state} />;
}
