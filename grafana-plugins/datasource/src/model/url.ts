/** Says what is wrong with a service's base address, `undefined` when nothing is or when it is still empty. */
export function explainUrl(text: string): string | undefined {
  if (text === '') {
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return 'Start the address with http:// or https://.';
  }
  if (/\/v1\/?$/u.test(url.pathname)) {
    return 'Leave out /v1: the data source adds it.';
  }
  if (url.search !== '' || url.hash !== '') {
    return 'Leave out everything after ? and #.';
  }
  // Grafana puts the paths of the routes behind it as it is, and no service answers to two slashes.
  return text.endsWith('/') ? 'Leave out the slash at the end.' : undefined;
}
