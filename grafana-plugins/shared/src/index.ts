export { analysisFrameKind, readAnalysisFrameMeta, type AnalysisFrameMeta } from './analysis-frame-meta';
export { grafanaUnitOf } from './units';
export {
  datasourcePluginId,
  isReportsSource,
  type PanelCircumstances,
  type PanelQuestions,
  type ReportsClient,
  type ReportsSource,
} from './reports-source';
export {
  frameMetaKind,
  kpiPanelId,
  previousRole,
  readFieldRole,
  readKpiFrameMeta,
  valueRole,
  type Direction,
  type FieldRole,
  type KpiFrameMeta,
  type KpiQuality,
  type KpiTarget,
  type KpiTotal,
} from './frame-meta';
