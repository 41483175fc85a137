import type { Express } from 'express';
import { startBackupSchema, type BackupOperations } from './backup-operations.js';
import { parseBody } from './parse-body.js';

export function mountBackups(app: Express, operations: BackupOperations): void {
  app.post('/admin/v1/backups', async (request, response) => {
    response.json(await operations.startBackup(parseBody(startBackupSchema, request.body)));
  });
  app.get('/admin/v1/backups/last', async (_request, response) => {
    response.json(await operations.getBackup());
  });
}
