import type { DashboardListItem, LinkJson } from './dashboard-schema';

export interface ResolvedLink {
  title: string;
  href: string;
  tooltip: string;
  targetBlank: boolean;
}

/** The parts of the page's address that a link takes along. */
function carriedQuery(link: LinkJson, search: string): URLSearchParams {
  const carried = new URLSearchParams();
  for (const [key, value] of new URLSearchParams(search)) {
    const isTime = key === 'from' || key === 'to' || key === 'timezone';
    if ((link.keepTime && isTime) || (link.includeVars && key.startsWith('var-'))) {
      carried.append(key, value);
    }
  }
  return carried;
}

function withQuery(address: string, carried: URLSearchParams): string {
  const query = carried.toString();
  return query === '' ? address : `${address}${address.includes('?') ? '&' : '?'}${query}`;
}

/** The links of a dashboard with their addresses; a link of type "dashboards" becomes one for each that has its tags. */
export function resolveLinks(
  links: LinkJson[],
  dashboards: DashboardListItem[],
  search: string,
): ResolvedLink[] {
  return links.flatMap((link): ResolvedLink[] => {
    const { tooltip, targetBlank } = link;
    const carried = carriedQuery(link, search);
    if (link.type === 'link') {
      return [{ title: link.title, href: withQuery(link.url, carried), tooltip, targetBlank }];
    }
    return dashboards
      .filter((dashboard) => link.tags.every((tag) => dashboard.tags.includes(tag)))
      .map((dashboard) => ({
        title: dashboard.title,
        href: withQuery(`/d/${dashboard.uid}`, carried),
        tooltip,
        targetBlank,
      }));
  });
}
