/** One PostgreSQL that speaks its protocol, one message after the other. */
export interface WireEngine {
  /** Answers each message; the answers stand in the order of the messages. Rejects when the engine has ended. */
  run(messages: readonly Buffer[]): Promise<readonly Buffer[]>;
  /** Called when the engine has ended by a fault: prepared statements and open transactions are gone. */
  onLost(listener: () => void): void;
  /** Resolves when everything is on disk. Safe to call twice. */
  close(): Promise<void>;
}
