import { z } from 'zod';

/** Below the folder of the backup, wherever it has been since: `..` would write elsewhere. */
const pathSchema = z.string().regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\\]+$/);

/** One file of a backup, by its path within the data folder. */
const backupFileSchema = z.object({ path: pathSchema, bytes: z.int(), sha256: z.string() });
export type BackupFile = z.infer<typeof backupFileSchema>;

/** As the ClickHouse engine makes them, from its lists of tables to their folders: up, and down into its store. */
const linkTargetSchema = z.string().regex(/^(?:\.\.\/){1,2}store\/[0-9a-f]{3}\/[0-9a-f-]{36}\/?$/);

/** What wrote a backup: older code may not know what is in it. */
export const backupWriterSchema = z.object({
  product: z.string(),
  /** The packages that bring the embedded engines. */
  engines: z.record(z.string(), z.string()),
  /** The number of the last migration, by store. */
  migrations: z.record(z.string(), z.int()),
});
export type BackupWriter = z.infer<typeof backupWriterSchema>;

/** The last thing that is written: a folder without it is no backup. Times are ISO-8601 UTC. */
export const backupManifestSchema = z.object({
  format: z.literal(1),
  writer: backupWriterSchema,
  /** Everything accepted before this moment is in it. */
  takenAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  /** How long nothing was stored, because all stores have to show the same moment. 0 where nothing ran. */
  heldMs: z.int(),
  files: z.array(backupFileSchema),
  /** Without anything in them, which the engines miss where a copy leaves them out. */
  folders: z.array(pathSchema),
  links: z.array(z.object({ path: pathSchema, target: linkTargetSchema })),
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;

/** What is told of a backup. */
export const backupReportSchema = backupManifestSchema
  .omit({ files: true, folders: true, links: true })
  .extend({
    folder: z.string(),
    files: z.int(),
    bytes: z.int(),
  });
export type BackupReport = z.infer<typeof backupReportSchema>;

/** A backup that the running instance makes, which takes longer than a request may. */
export const backupRunSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none') }),
  z.object({ state: z.literal('running'), folder: z.string() }),
  z.object({ state: z.literal('done'), report: backupReportSchema }),
  z.object({ state: z.literal('failed'), failure: z.object({ code: z.string(), reason: z.string() }) }),
]);
export type BackupRun = z.infer<typeof backupRunSchema>;

export function reportOf(folder: string, manifest: BackupManifest): BackupReport {
  const { endedAt, files, format, heldMs, takenAt, writer } = manifest;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { format, writer, takenAt, endedAt, heldMs, folder, files: files.length, bytes };
}
