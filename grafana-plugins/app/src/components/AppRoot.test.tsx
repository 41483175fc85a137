import { locationService } from '@grafana/runtime';
import { render, screen } from '@testing-library/react';
import { aReportsClient, fillInBrowser, lookAs, registerSources } from '../reports-client.fixture';
import { AppRoot } from './AppRoot';

// As in ReportsPage.test.tsx.
jest.mock('@react-hookz/web', () => ({}));
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

const app = '/a/coditect-analytics-app';

it.each([app, `${app}/`, `${app}/other`])(
  'leads from %s to the reports and keeps the data source',
  async (start) => {
    lookAs('Viewer');
    fillInBrowser(() => undefined);
    const client = aReportsClient({ list: async () => ({ reports: [], next: null }) });
    registerSources({ ours: { reports: client, planQuestions: async () => [], kpis: async () => [] } });
    locationService.push(`${start}?source=ours`);
    const entries = locationService.getHistory().length;
    render(<AppRoot />);
    expect(await screen.findByText('No reports yet')).toBeTruthy();
    expect(locationService.getLocation()).toMatchObject({
      pathname: `${app}/reports`,
      search: '?source=ours',
    });
    // Going back must not lead here again.
    expect(locationService.getHistory().length).toBe(entries);
  },
);
