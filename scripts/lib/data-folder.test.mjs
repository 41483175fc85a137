import { listForeign } from './data-folder.mjs';

describe('listForeign', () => {
  it('knows what the product keeps', () => {
    const names = [
      'clickhouse',
      'control',
      'imports',
      'journal',
      'timescale',
      'admin.json',
      'workbench.json',
      'lock',
      'reports',
      'restored.json',
    ];
    expect(listForeign(names)).toEqual([]);
  });

  it('finds what a mistyped DATA_DIR would cost', () => {
    expect(listForeign(['clickhouse', 'holiday.jpg', 'locksmith', '.ssh'])).toEqual([
      'holiday.jpg',
      'locksmith',
      '.ssh',
    ]);
  });
});
