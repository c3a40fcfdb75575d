/** What is asked of a server to find out which replica takes a database tonight. */

export const serverName = `SELECT CAST(SERVERPROPERTY('ServerName') AS nvarchar(128)) AS serverName,
  CAST(SERVERPROPERTY('IsHadrEnabled') AS int) AS isHadrEnabled`;

export const databaseNames = `SELECT name FROM sys.databases`;

/** Databases of availability groups, as this server has them. */
export const groupDatabases = `SELECT d.name AS name, g.name AS groupName
FROM sys.databases AS d INNER JOIN sys.availability_databases_cluster AS c ON c.group_database_id = d.group_database_id
INNER JOIN sys.availability_groups AS g ON g.group_id = c.group_id`;

export const groupReplicas = `SELECT g.name AS groupName, r.replica_server_name AS serverName, r.endpoint_url AS endpoint
FROM sys.availability_groups AS g INNER JOIN sys.availability_replicas AS r ON r.group_id = g.group_id`;

/** Groups this server is the primary of. */
export const primaryOf = `SELECT g.name AS groupName
FROM sys.availability_groups AS g INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id
WHERE s.is_local = 1 AND s.role_desc = N'PRIMARY'`;

/** Parameter `database`, exactly as sys.databases of this server has it: anything else is nobody's. */
export const isPreferredReplica = `SELECT CAST(sys.fn_hadr_backup_is_preferred_replica(@database) AS int) AS isPreferred`;
