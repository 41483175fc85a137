export { errorBodySchema, type ErrorBody } from './error.js';
export {
  answerCellSchema,
  answerColumnSchema,
  answerMetaSchema,
  compareToSchema,
  dimensionValuesSchema,
  filterOperatorSchema,
  filterSchema,
  intervalSchema,
  metricAnswerSchema,
  metricQuerySchema,
  noticeSchema,
  rangeSchema,
  serviceStatusSchema,
  unitSchema,
  type AnswerCell,
  type AnswerColumn,
  type AnswerMeta,
  type CompareTo,
  type DimensionValues,
  type Filter,
  type FilterOperator,
  type Interval,
  type MetricAnswer,
  type MetricQuery,
  type MetricQueryInput,
  type Notice,
  type QueryRange,
  type ServiceStatus,
  type Unit,
} from './query.js';
export { kpiDescriptionSchema, kpiListSchema, type KpiDescription, type KpiList } from './kpi.js';
export { ingestAnswerSchema, rejectedEventSchema, type IngestAnswer, type RejectedEvent } from './ingest.js';
export { eventDataSchemas, isKnownEventType, type KnownEventType, type Outcome } from './event-types.js';
export {
  eventEnvelopeSchema,
  numberColumnMax,
  numberColumns,
  textColumns,
  type EventEnvelope,
  type NumberColumn,
  type TextColumn,
} from './envelope.js';
