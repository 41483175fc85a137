import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { datasourceUpdateSchema, describeSettings } from './datasource-store.js';
import { bootScript, describeFrontendSettings, type PageFacts } from './page.js';
import { loadDashboards, type ProvisionedDashboard } from './provisioning.js';
import { decideProxy } from './proxy-route.js';
import { forwardRequest } from './proxy.js';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses requests that reached a loopback port under a foreign name: a page elsewhere could otherwise use a rebound
 * DNS name to speak to this server as if it were its own.
 */
function refuseForeignNames(listenHost: string) {
  const isLoopback = loopbackNames.has(listenHost) || listenHost === '::1';
  return (request: Request, response: Response, next: NextFunction): void => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (isLoopback && !loopbackNames.has(name)) {
      response.status(421).json({ message: 'This server answers to its loopback names only.' });
      return;
    }
    next();
  };
}

const notFound = (response: Response, message: string): void => {
  response.status(404).json({ message });
};

function addDashboardRoutes(app: Express, facts: PageFacts): void {
  const { provisioningDir, environment } = facts.config;
  const load = (): ProvisionedDashboard[] => loadDashboards(provisioningDir, environment);
  app.get('/api/search', (_request, response) => {
    response.json(
      load().map(({ uid, title, tags, folder }) => ({
        uid,
        title,
        tags,
        folderTitle: folder,
        type: 'dash-db',
        url: `/d/${uid}`,
      })),
    );
  });
  app.get('/api/dashboards/uid/:uid', (request, response) => {
    const found = load().find((dashboard) => dashboard.uid === request.params.uid);
    if (found === undefined) {
      notFound(response, 'Dashboard not found');
      return;
    }
    response.json({ dashboard: found.dashboard, meta: { provisioned: true, folderTitle: found.folder } });
  });
}

function addDatasourceRoutes(app: Express, facts: PageFacts): void {
  const { datasources } = facts;
  const idOf = (uid: string): number =>
    datasources.list().findIndex((datasource) => datasource.uid === uid) + 1;
  app.get('/api/frontend/settings', (_request, response) => {
    response.json(describeFrontendSettings(facts));
  });
  app.get('/api/datasources', (_request, response) => {
    response.json(datasources.list().map((datasource) => describeSettings(datasource, idOf(datasource.uid))));
  });
  app.get('/api/datasources/uid/:uid', (request, response) => {
    const found = datasources.find(request.params.uid);
    if (found === undefined) {
      notFound(response, 'Data source not found');
      return;
    }
    response.json(describeSettings(found, idOf(found.uid)));
  });
  app.put('/api/datasources/uid/:uid', express.json({ limit: '256kb' }), (request, response) => {
    const update = datasourceUpdateSchema.safeParse(request.body);
    if (!update.success) {
      response.status(400).json({ message: 'bad request data' });
      return;
    }
    const saved = datasources.update(request.params.uid, update.data);
    if (saved === undefined) {
      notFound(response, 'Data source not found');
      return;
    }
    const datasource = describeSettings(saved, idOf(saved.uid));
    response.json({ datasource, id: datasource.id, message: 'Datasource updated', name: saved.name });
  });
}

function addProxyRoute(app: Express, facts: PageFacts): void {
  const pluginById = new Map(facts.plugins.map((plugin) => [plugin.id, plugin]));
  app.use('/api/datasources/proxy/uid/:uid', (request: Request<{ uid: string }>, response: Response) => {
    const datasource = facts.datasources.find(request.params.uid);
    const plugin = datasource === undefined ? undefined : pluginById.get(datasource.type);
    if (datasource === undefined || plugin === undefined) {
      notFound(response, 'Unable to find datasource plugin');
      return;
    }
    const asked = { method: request.method, rest: request.url, role: facts.config.orgRole };
    const decision = decideProxy(plugin.routes, asked, datasource);
    if (decision.kind === 'refuse') {
      response.status(decision.status).json({ message: decision.message });
      return;
    }
    forwardRequest(request, response, decision, facts.config.proxyTimeoutMs);
  });
}

function addStaticRoutes(app: Express, facts: PageFacts): void {
  for (const plugin of facts.plugins) {
    app.use(`/public/plugins/${plugin.id}`, express.static(plugin.dir, { cacheControl: false }));
  }
  const { pageDir } = facts.config;
  app.use('/assets', express.static(join(pageDir, 'assets'), { immutable: true, maxAge: '1y' }));
  app.use('/public', express.static(join(pageDir, 'public'), { maxAge: '1h' }));
  // Grafana's packages name more icons than they ship; an empty picture keeps the place of a missing one.
  app.use('/public/build/img/icons', (_request, response) => {
    response.type('image/svg+xml').send('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"></svg>');
  });
  app.use(['/public', '/assets'], (_request, response) => notFound(response, 'Not found'));
}

/** The workbench's whole HTTP surface. Nothing listens yet. */
export function createApp(facts: PageFacts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(refuseForeignNames(facts.config.listenHost));
  app.use((_request, response, next) => {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'same-origin');
    response.setHeader('x-frame-options', 'SAMEORIGIN');
    next();
  });
  app.get('/healthz', (_request, response) => {
    response.json({
      status: 'ok',
      host: facts.config.host,
      grafanaPackages: facts.grafanaVersion,
      plugins: facts.plugins.map((plugin) => plugin.id),
    });
  });
  app.get('/boot.js', (_request, response) => {
    response.type('text/javascript').setHeader('cache-control', 'no-store').send(bootScript(facts));
  });
  addDashboardRoutes(app, facts);
  addProxyRoute(app, facts);
  addDatasourceRoutes(app, facts);
  app.get('/api/plugins/:id/settings', (request, response) => {
    const plugin = facts.plugins.find((candidate) => candidate.id === request.params.id);
    if (plugin === undefined) {
      notFound(response, 'Plugin not found, no installed plugin with that id');
      return;
    }
    response.json(plugin.meta);
  });
  app.use('/api', (_request, response) =>
    notFound(response, 'The workbench does not imitate this part of Grafana.'),
  );
  addStaticRoutes(app, facts);
  app.get('/{*path}', (_request, response) => {
    const page = join(facts.config.pageDir, 'index.html');
    if (!existsSync(page)) {
      response.status(503).type('text/plain').send(`The page for ${facts.config.host} is not built.\n`);
      return;
    }
    response.setHeader('cache-control', 'no-cache').sendFile(page);
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(500).json({ message: error instanceof Error ? error.message : 'Unexpected error' });
  });
  return app;
}
