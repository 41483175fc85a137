import { locationService } from '@grafana/runtime';

/** Pages of the host. Whatever else has an address on this server, such as files, is the browser's own business. */
const ownPages = /^\/(?:(?:d|a|edit|settings|datasources)\/|explore$)/;

/** Makes a click on a link to a page of the host change the page, not load it anew, as Grafana does. */
export function interceptLinks(root: Document): void {
  root.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (
      link === null ||
      !isPlain ||
      event.defaultPrevented ||
      link.target !== '' ||
      link.hasAttribute('download')
    ) {
      return;
    }
    const address = new URL(link.href, root.baseURI);
    if (address.origin !== window.location.origin || !ownPages.test(address.pathname)) {
      return;
    }
    event.preventDefault();
    locationService.push(`${address.pathname}${address.search}${address.hash}`);
  });
}
