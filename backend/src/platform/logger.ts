import { pino, type Logger } from 'pino';

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  /** Readable lines for a terminal instead of JSON. */
  readonly pretty: boolean;
  readonly service: string;
}

/** Structured log on standard error, so that standard output stays free for answers of commands. */
export function createLogger(options: LoggerOptions): Logger {
  const base = { service: options.service };
  if (options.pretty) {
    return pino({
      level: options.level,
      base,
      transport: {
        target: 'pino-pretty',
        options: { destination: 2, ignore: 'pid,hostname', singleLine: true },
      },
    });
  }
  return pino({ level: options.level, base }, pino.destination({ fd: 2, sync: true }));
}
