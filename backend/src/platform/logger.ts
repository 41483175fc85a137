import { pino, type Logger } from 'pino';

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  /** Readable lines for a terminal instead of JSON. */
  readonly pretty: boolean;
  readonly service: string;
  /** What each line says besides, of the work that it was written in. */
  readonly fields?: () => object;
}

/** Structured log on standard error, so that standard output stays free for answers of commands. */
export function createLogger(options: LoggerOptions): Logger {
  const base = { service: options.service };
  const mixin = options.fields;
  const mixed = mixin === undefined ? {} : { mixin };
  if (options.pretty) {
    return pino({
      level: options.level,
      base,
      ...mixed,
      transport: {
        target: 'pino-pretty',
        options: { destination: 2, ignore: 'pid,hostname', singleLine: true },
      },
    });
  }
  return pino({ level: options.level, base, ...mixed }, pino.destination({ fd: 2, sync: true }));
}
