import { dateTimeFormat, dateTimeParse } from '@grafana/data';

/** As an input of type `datetime-local` reads and writes it. */
const format = 'YYYY-MM-DDTHH:mm:ss';

/** A moment as the clock of the zone shows it. */
export function toLocalText(ms: number, timeZone: string): string {
  return dateTimeFormat(ms, { format, timeZone });
}

/** The moment at which the clock of the zone shows the text; not a number when it is no time. */
export function fromLocalText(text: string, timeZone: string): number {
  // Browsers leave the seconds out when they are zero.
  const whole = /T\d\d:\d\d$/u.test(text) ? `${text}:00` : text;
  return whole === '' ? Number.NaN : dateTimeParse(whole, { format, timeZone }).valueOf();
}

/** The zone's name for people, and for the service. */
export function nameTimeZone(timeZone: string, browserTimeZone: string): string {
  if (timeZone === 'utc') {
    return 'UTC';
  }
  return timeZone === 'browser' || timeZone === '' ? browserTimeZone : timeZone;
}
