import type { Annotation, AnnotationKind, AnnotationQuery, Notice } from '@coditect/contracts';
import type { Zone } from '../../metric-queries/time/zone.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { EventSelection } from '../../storage/clickhouse/queries/event-sql.js';

export interface AskedAnnotations {
  readonly tenant: Tenant;
  readonly query: AnnotationQuery;
  /** Of the question, or the tenant's own. */
  readonly zone: Zone;
  readonly selection: EventSelection;
  /** When the question was asked, epoch milliseconds. */
  readonly asOfMs: number;
}

export interface FoundAnnotations {
  /** At most as many as were asked for: the latest. In any order. */
  readonly annotations: readonly Annotation[];
  /** How many there are; `undefined` when there are more than were asked for and nobody has counted them. */
  readonly found: number | undefined;
  /** Tables that answered. */
  readonly tables: readonly string[];
  readonly notices?: readonly Notice[];
  /** Where windows of this length were told whole: one that has not ended may become something else. */
  readonly windowMs?: number;
}

/** Reads the annotations of one kind. Throws `AppError` 422 for what can't be answered. */
export type AnnotationReader = (asked: AskedAnnotations, signal: AbortSignal) => Promise<FoundAnnotations>;

/** A kind without a reader is refused. */
export type AnnotationReaders = Readonly<Partial<Record<AnnotationKind, AnnotationReader>>>;
