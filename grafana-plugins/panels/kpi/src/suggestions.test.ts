import { analysisFrameKind } from '@coditect/plugins-shared';
import { suggestedNames } from '@coditect/plugins-shared/panel/testing-suggestions';
import type { DataFrame } from '@grafana/data';
import { kpiFrame } from './model/kpi-frames.fixture';
import { plugin } from './module';

const namesFor = (frames: DataFrame[]) => suggestedNames(plugin, frames);

it('suggests the KPI panel for KPIs, and rows for several of them', () => {
  expect(namesFor([kpiFrame()])).toEqual(['CODITECT KPI']);
  expect(namesFor([kpiFrame(), kpiFrame({}, {}, 'web')])).toEqual([
    'CODITECT KPI',
    'CODITECT KPI, a row for each',
  ]);
});

it('suggests nothing for other numbers, and for none', () => {
  const { fields, length } = kpiFrame();
  expect(namesFor([{ fields, length }])).toEqual([]);
  expect(namesFor([{ fields, length, meta: { custom: { kind: analysisFrameKind } } }])).toEqual([]);
  expect(namesFor([{ ...kpiFrame(), length: 0 }])).toEqual([]);
  expect(namesFor([])).toEqual([]);
});
