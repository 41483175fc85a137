import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * A script of the package manager runs elsewhere than where the person stands. A file that is in neither place is
 * reported where the person looked for it.
 */
export function resolveFile(file: string, callersDirectory: string | undefined): string {
  const here = resolve(file);
  if (callersDirectory === undefined) return here;
  const there = resolve(callersDirectory, file);
  return existsSync(here) && !existsSync(there) ? here : there;
}
