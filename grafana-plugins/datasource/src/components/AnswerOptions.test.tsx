import { fireEvent, render, screen } from '@testing-library/react';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { defaultQuery } from '../migrations';
import { pretend } from '../model/pretend.fixture';
import { testIds } from '../testIds';
import type { KpiQuery } from '../types';
import { AnswerOptions } from './AnswerOptions';
import { standInForCanvas } from './canvas.fixture';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

beforeAll(() => {
  standInForCanvas();
  setTemplateSrv(pretend<TemplateSrv>({ getVariables: () => [{ name: 'step' }] }));
});

function open(fields: Partial<KpiQuery>) {
  const changes: object[] = [];
  const shown = (more: Partial<KpiQuery>) => (
    <AnswerOptions
      query={{ ...defaultQuery, refId: 'A', ...more }}
      kpi={undefined}
      intervalProblem={undefined}
      onChange={(changed) => changes.push(changed)}
    />
  );
  const { rerender } = render(shown(fields));
  return { changes, reopen: (more: Partial<KpiQuery>) => rerender(shown(more)) };
}

const ids = testIds.queryEditor;

describe('AnswerOptions', () => {
  it.each([ids.interval, ids.compareTo])('offers the variables of the dashboard in %s', (id) => {
    const { changes } = open({});
    fireEvent.click(screen.getByTestId(id));
    fireEvent.change(screen.getByTestId(id), { target: { value: '$st' } });
    // In jsdom nothing has a height, so the list draws no options; the keyboard chooses all the same.
    fireEvent.keyDown(screen.getByTestId(id), { key: 'ArrowDown' });
    fireEvent.keyDown(screen.getByTestId(id), { key: 'Enter' });
    expect(changes).toEqual([id === ids.interval ? { interval: '$step' } : { compareTo: '$step' }]);
  });

  it('writes nothing for somebody who only walks through the fields', () => {
    const { changes } = open({});
    fireEvent.blur(screen.getByTestId(ids.legend));
    fireEvent.blur(screen.getByTestId(ids.limit));
    expect(changes).toEqual([]);
  });

  it('writes what was typed, and takes a limit back', () => {
    const { changes } = open({ limit: 5 });
    fireEvent.change(screen.getByTestId(ids.legend), { target: { value: '{{team}}' } });
    fireEvent.blur(screen.getByTestId(ids.legend));
    fireEvent.change(screen.getByTestId(ids.limit), { target: { value: '' } });
    fireEvent.blur(screen.getByTestId(ids.limit));
    expect(changes).toEqual([{ legend: '{{team}}' }, { limit: undefined }]);
  });

  it('shows the fields of another query, as an example of the help puts it in', () => {
    const { changes, reopen } = open({ legend: 'old', limit: 5 });
    reopen({ legend: '{{team}}', limit: 20 });
    expect(screen.getByTestId(ids.legend)).toHaveProperty('value', '{{team}}');
    expect(screen.getByTestId(ids.limit)).toHaveProperty('value', '20');
    fireEvent.blur(screen.getByTestId(ids.legend));
    expect(changes).toEqual([]);
  });
});
