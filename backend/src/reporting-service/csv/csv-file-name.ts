/** `01-agent-runs.csv`: sorts as asked, opens everywhere, and is never the same twice in a report. */
export function csvFileName(index: number, title: string): string {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '');
  const number = String(index + 1).padStart(2, '0');
  return plain === '' ? `${number}.csv` : `${number}-${plain}.csv`;
}
