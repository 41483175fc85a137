import { createRoot } from 'react-dom/client';
import { App } from './App';
import { registerServices } from './host/register';

async function start(): Promise<void> {
  const element = document.getElementById('root');
  if (element === null) {
    throw new Error('The page has no root element.');
  }
  await registerServices();
  createRoot(element).render(<App />);
}

void start();
