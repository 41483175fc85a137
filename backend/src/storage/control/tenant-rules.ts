import { AppError } from '../../platform/errors.js';

const nameCharsMax = 200;
const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The id that a name becomes: `Acme Ltd.` is `acme-ltd`. Throws `AppError` `tenant_name_invalid`. */
export function toTenantId(name: string): string {
  const id = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (name.length > nameCharsMax || /\p{Cc}/u.test(name) || !idPattern.test(id)) {
    throw new AppError(
      'tenant_name_invalid',
      'A tenant needs a name of 1 to 63 letters and digits of the Latin alphabet, with spaces or hyphens between.',
      { status: 400, pointer: '/name' },
    );
  }
  return id;
}

/** Zones that were renamed, under which the platform's zone tables still list the old name. */
const namesOfToday: ReadonlyMap<string, string> = new Map([
  ['Africa/Asmera', 'Africa/Asmara'],
  ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['America/Catamarca', 'America/Argentina/Catamarca'],
  ['America/Cordoba', 'America/Argentina/Cordoba'],
  ['America/Godthab', 'America/Nuuk'],
  ['America/Indianapolis', 'America/Indiana/Indianapolis'],
  ['America/Jujuy', 'America/Argentina/Jujuy'],
  ['America/Louisville', 'America/Kentucky/Louisville'],
  ['America/Mendoza', 'America/Argentina/Mendoza'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Asia/Katmandu', 'Asia/Kathmandu'],
  ['Asia/Rangoon', 'Asia/Yangon'],
  ['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
  ['Atlantic/Faeroe', 'Atlantic/Faroe'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['Pacific/Ponape', 'Pacific/Pohnpei'],
  ['Pacific/Truk', 'Pacific/Chuuk'],
]);

/** The IANA zone by the name of today: `asia/calcutta` is `Asia/Kolkata`. Throws `AppError` `time_zone_unknown`. */
export function toTimeZone(given: string): string {
  const zone = findZone(given.trim());
  if (zone !== undefined) return namesOfToday.get(zone) ?? zone;
  throw new AppError(
    'time_zone_unknown',
    `There is no time zone ${JSON.stringify(given.slice(0, 64))}. Use an IANA name such as Europe/Berlin or UTC.`,
    { status: 400, pointer: '/timeZone' },
  );
}

/** Offsets such as `+05:30` are refused: some platforms know them, and none of the engines does. */
function findZone(name: string): string | undefined {
  if (!/^[a-z]/i.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export function createUnknownTenantError(id: string): AppError {
  return new AppError('tenant_unknown', `There is no tenant ${JSON.stringify(id.slice(0, 64))}.`, {
    status: 404,
  });
}
