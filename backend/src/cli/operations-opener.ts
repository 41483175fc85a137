import type {
  ControlOperations,
  MigrationOperations,
  Operations,
  RollupOperations,
} from '../admin/operations.js';
import type { SubjectOperations } from '../platform/subject-operations.js';

/**
 * Gets at the data for the time of one command: through the running instance if there is one, else by opening what
 * the command needs and closing it again. Throws `AppError` `data_locked` when neither is possible.
 */
export interface OperationsOpener {
  withControl<T>(work: (operations: ControlOperations) => Promise<T>): Promise<T>;
  withMigrations<T>(work: (operations: MigrationOperations) => Promise<T>): Promise<T>;
  withRollups<T>(work: (operations: RollupOperations) => Promise<T>): Promise<T>;
  withSubjects<T>(work: (operations: SubjectOperations) => Promise<T>): Promise<T>;
  /** Everything, with the stores of events. */
  withEvents<T>(work: (operations: Operations) => Promise<T>): Promise<T>;
}
