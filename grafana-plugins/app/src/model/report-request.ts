import type { MetricQueryInput, ReportFormat, ReportFrame, ReportRequestInput } from '@coditect/contracts';
import type { PanelQuestions } from '@coditect/plugins-shared';

/** Which questions of a panel a report answers, where it has both kinds. */
export type Detail = 'both' | 'totals' | 'intervals';

/** What the person who exports has chosen. */
export interface ExportChoice {
  title: string;
  format: ReportFormat;
  content: 'shown' | 'full';
  /** Milliseconds since 1970; of the full data only. */
  fromMs: number;
  toMs: number;
  /** `undefined`: as the panel groups. */
  groupBy: string[] | undefined;
  detail: Detail;
  page: 'A4' | 'Letter';
  numbers: 'raw' | 'formatted';
  byteOrderMark: boolean;
}

export interface ReportOrigin {
  dashboard: string;
  panel: string;
  timeZone: string;
}

const titleLengthMax = 200;

/** The queries of a report on the full data: the panel's, with what was chosen otherwise. */
export function chooseQueries(
  plans: readonly PanelQuestions[],
  { detail, groupBy }: Pick<ExportChoice, 'detail' | 'groupBy'>,
): MetricQueryInput[] {
  const withChoice = (query: MetricQueryInput): MetricQueryInput =>
    groupBy === undefined ? query : { ...query, groupBy };
  return plans.flatMap(({ series, total }) => {
    const totals = total !== undefined && (detail !== 'intervals' || series === undefined) ? [total] : [];
    const intervals = series !== undefined && (detail !== 'totals' || total === undefined) ? [series] : [];
    return [...totals, ...intervals].map(withChoice);
  });
}

/** Whether there is a choice between totals and intervals. */
export function hasBothKinds(plans: readonly PanelQuestions[]): boolean {
  return plans.some(({ series, total }) => series !== undefined && total !== undefined);
}

/** Whether anything of a panel can be computed anew: a report has the words for KPIs, and not for other questions. */
export function hasFullData(plans: readonly PanelQuestions[]): boolean {
  return plans.some(({ series, total }) => series !== undefined || total !== undefined);
}

/** What is sent to the reporting service. Exactly one of `queries` and `frames` is given. */
export function buildReportRequest(
  choice: ExportChoice,
  content: { queries: MetricQueryInput[] } | { frames: ReportFrame[] },
  origin: ReportOrigin,
): ReportRequestInput {
  return {
    title: choice.title.trim().slice(0, titleLengthMax),
    format: choice.format,
    options:
      choice.format === 'pdf'
        ? { page: choice.page }
        : { numbers: choice.numbers, byteOrderMark: choice.byteOrderMark },
    ...content,
    origin: {
      ...(origin.dashboard !== '' && { dashboard: origin.dashboard.slice(0, 300) }),
      ...(origin.panel !== '' && { panel: origin.panel.slice(0, 300) }),
      range: { from: new Date(choice.fromMs).toISOString(), to: new Date(choice.toMs).toISOString() },
      timeZone: origin.timeZone,
    },
  };
}

/** Says what has to be changed before the choice can be sent, by the field it is about. */
export function explainChoice(choice: ExportChoice): { title?: string; period?: string } {
  const isPeriodWrong =
    choice.content === 'full' && !(Number.isFinite(choice.fromMs) && choice.fromMs < choice.toMs);
  return {
    ...(choice.title.trim() === '' && { title: 'Give the report a title.' }),
    ...(isPeriodWrong && { period: 'The period has to end after it begins.' }),
  };
}

/** A name for one request, so that sending it again makes no second report. */
export function createRequestName(fill: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(16);
  fill(bytes);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
