import { resolveLinks } from './links';

const link = {
  type: 'link' as const,
  title: 'Other',
  url: '/d/other',
  tags: [],
  tooltip: '',
  keepTime: false,
  includeVars: false,
  targetBlank: false,
};
const search = '?from=now-7d&to=now&var-team=atlas&var-team=cumulus&refresh=10s';
const dashboards = [
  { uid: 'one', title: 'One', tags: ['coditect', 'home'], folderTitle: '' },
  { uid: 'two', title: 'Two', tags: ['coditect'], folderTitle: '' },
];

describe('resolveLinks', () => {
  it('takes the time range and every value of a variable along, when it is asked to', () => {
    const [resolved] = resolveLinks([{ ...link, keepTime: true, includeVars: true }], [], search);
    expect(resolved?.href).toBe('/d/other?from=now-7d&to=now&var-team=atlas&var-team=cumulus');
  });

  it('takes nothing along by itself', () => {
    expect(resolveLinks([link], [], search)[0]?.href).toBe('/d/other');
  });

  it('becomes a link for each dashboard that has all the tags', () => {
    const byTags = { ...link, type: 'dashboards' as const, tags: ['coditect', 'home'] };
    expect(resolveLinks([byTags], dashboards, '').map(({ href }) => href)).toEqual(['/d/one']);
  });
});
