import { fireEvent, render, screen } from '@testing-library/react';
import { testIds } from '../testIds';
import { CountField } from './fields';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

function open(value: number) {
  const changes: number[] = [];
  render(
    <CountField id="n" label="How many" value={value} max={60} onChange={(next) => changes.push(next)} />,
  );
  return { changes, field: screen.getByTestId(testIds.queryEditor.field('n')) };
}

describe('CountField', () => {
  it('explains a number that the service refuses, and leaves it until somebody changes it', () => {
    const { changes, field } = open(90);
    expect(screen.getByText('At most 60.')).toBeTruthy();
    fireEvent.blur(field);
    expect(changes).toEqual([]);
    fireEvent.change(field, { target: { value: '95' } });
    fireEvent.blur(field);
    expect(changes).toEqual([60]);
  });

  it('has nothing to say about a number within the bounds', () => {
    const { changes, field } = open(8);
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.change(field, { target: { value: '12' } });
    fireEvent.blur(field);
    expect(changes).toEqual([12]);
  });
});
