/** What is sent to the server of a drill, beside what a restore sends. */
import { quoteName, quoteText } from '../statements';

export function checkDatabase(database: string): string {
  return `DBCC CHECKDB (${quoteText(database)}) WITH NO_INFOMSGS, ALL_ERRORMSGS`;
}

export function countTables(database: string): string {
  return `SELECT COUNT(*) AS userTables FROM ${quoteName(database)}.sys.tables AS t WHERE t.is_ms_shipped = 0`;
}

/** A table's rows are those of its heap or its clustered index. */
export function countRows(database: string): string {
  const name = quoteName(database);
  return `SELECT SUM(CAST(p.rows AS float)) AS [rows]
FROM ${name}.sys.partitions AS p INNER JOIN ${name}.sys.tables AS t ON t.object_id = p.object_id
WHERE p.index_id IN (0, 1) AND t.is_ms_shipped = 0`;
}

/** Sizes are in pages of 8 KiB. */
export function sizeOfFiles(database: string): string {
  return `SELECT SUM(CAST(f.size AS float) * 8192) AS bytes FROM ${quoteName(database)}.sys.database_files AS f`;
}

/** Parameter `pattern`, for LIKE. Ages by the server's own clock. */
export const findCopies = `SELECT d.name AS name, DATEDIFF(hour, d.create_date, GETDATE()) AS ageHours
FROM sys.databases AS d WHERE d.name LIKE @pattern ORDER BY d.name`;

export function dropDatabase(database: string): string {
  return `DROP DATABASE ${quoteName(database)}`;
}
