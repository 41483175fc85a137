export { grafanaUnitOf } from './units';
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
  type KpiTotal,
} from './frame-meta';
