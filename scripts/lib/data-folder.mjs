/** What the product keeps in a data folder. The lock has companions while it changes hands. */
const ours =
  /^(backup-links|clickhouse|control|imports|journal|reports|restor(ing|ed\.json)|stores-scratch|timescale|(admin|workbench)\.json(\..+)?|lock(\..+)?)$/;

/** Of the names in a folder, those that the product never made. */
export function listForeign(names) {
  return names.filter((name) => !ours.test(name));
}
