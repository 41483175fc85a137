import { createRoot } from 'react-dom/client';
import { App } from './App';
import { preloadApps } from './host/apps';
import { interceptLinks } from './host/intercept-links';
import { registerServices } from './host/register';

async function start(): Promise<void> {
  const element = document.getElementById('root');
  if (element === null) {
    throw new Error('The page has no root element.');
  }
  await registerServices();
  const failures: Array<[string, string]> = [];
  await preloadApps((id, error) => failures.push([`The app ${id} cannot be loaded`, String(error)]));
  interceptLinks(document);
  createRoot(element).render(<App startFailures={failures} />);
}

void start();
