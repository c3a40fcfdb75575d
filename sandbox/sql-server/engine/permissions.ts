import type { Value } from '../tds/columns';
import { sqlError } from '../tsql/sql-error';
import type { Database } from './databases';

/** A SQL login and what it may do. Told nothing of that, it is a member of sysadmin. */
export interface ServerLogin {
  readonly name: string;
  readonly password: string;
  /** False: BACKUP and RESTORE answer 262, whatever the lists say. */
  readonly mayBackUp?: boolean;
  /** `sysadmin`, `dbcreator`, … */
  readonly serverRoles?: readonly string[];
  /** `VIEW SERVER STATE`, `ALTER ANY CREDENTIAL`, … */
  readonly serverPermissions?: readonly string[];
  /** Stored procedures of the server that it may execute beside those open to all: `xp_delete_file`. */
  readonly procedures?: readonly string[];
  /** Roles in a database, `db_owner` or `db_backupoperator`, by its name; `*` stands for all. No entry, no access. */
  readonly databaseRoles?: Readonly<Record<string, readonly string[]>>;
}

export const serverPermissions: readonly string[] = [
  ...['CONNECT SQL', 'VIEW ANY DATABASE', 'CONTROL SERVER', 'CREATE ANY DATABASE', 'ALTER ANY DATABASE', 'ALTER ANY CREDENTIAL'],
  ...[
    'ALTER ANY CONNECTION',
    'ALTER ANY LOGIN',
    'ALTER SETTINGS',
    'VIEW ANY DEFINITION',
    'VIEW SERVER STATE',
    'ALTER SERVER STATE',
  ],
  ...['ALTER ANY AVAILABILITY GROUP', 'CONNECT ANY DATABASE', 'VIEW SERVER PERFORMANCE STATE', 'VIEW SERVER SECURITY STATE'],
];
export const databasePermissions: readonly string[] = [
  ...['CONNECT', 'CONTROL', 'BACKUP DATABASE', 'BACKUP LOG', 'CHECKPOINT', 'SELECT', 'ALTER', 'ALTER ANY USER'],
  ...['VIEW DEFINITION', 'VIEW DATABASE STATE', 'CREATE DATABASE'],
];
const serverRoles: Readonly<Record<string, readonly string[]>> = {
  sysadmin: serverPermissions,
  public: ['CONNECT SQL', 'VIEW ANY DATABASE'],
  dbcreator: ['CREATE ANY DATABASE', 'ALTER ANY DATABASE'],
  serveradmin: ['ALTER SETTINGS', 'ALTER SERVER STATE', 'VIEW SERVER STATE'],
  securityadmin: ['ALTER ANY LOGIN'],
  diskadmin: [],
  processadmin: ['ALTER ANY CONNECTION', 'ALTER SERVER STATE', 'VIEW SERVER STATE'],
  setupadmin: [],
  bulkadmin: [],
};
export const databaseRoles: Readonly<Record<string, readonly string[]>> = {
  db_owner: databasePermissions.filter((permission) => permission !== 'CREATE DATABASE'),
  db_backupoperator: ['CONNECT', 'BACKUP DATABASE', 'BACKUP LOG', 'CHECKPOINT'],
  db_datareader: ['CONNECT', 'SELECT'],
  db_accessadmin: ['CONNECT', 'ALTER ANY USER'],
  db_securityadmin: ['CONNECT', 'VIEW DEFINITION'],
  db_ddladmin: ['CONNECT'],
  db_datawriter: ['CONNECT'],
  db_denydatareader: ['CONNECT'],
  db_denydatawriter: ['CONNECT'],
};
/** Databases in which everybody is at least a guest. */
const openToGuests = ['master', 'tempdb', 'msdb'];

export function isSysadmin(login: ServerLogin): boolean {
  return rolesOf(login).includes('sysadmin');
}

function rolesOf(login: ServerLogin): readonly string[] {
  const restricted = login.serverRoles ?? login.serverPermissions ?? login.databaseRoles ?? login.procedures;
  if (restricted === undefined && login.mayBackUp !== false) return ['sysadmin', 'public'];
  return ['public', ...(login.serverRoles ?? []).map((role) => role.toLowerCase())];
}

/** 1, 0, or NULL for a role that does not exist. */
export function isServerRoleMember(login: ServerLogin, role: string): Value {
  if (serverRoles[role.toLowerCase()] === undefined) return null;
  return isSysadmin(login) || rolesOf(login).includes(role.toLowerCase()) ? 1 : 0;
}

export function databaseRolesOf(login: ServerLogin, database: Pick<Database, 'name'>): readonly string[] {
  const entries = Object.entries(login.databaseRoles ?? {});
  const matching = entries.filter(([name]) => name === '*' || name.toLowerCase() === database.name.toLowerCase());
  return matching.flatMap(([, roles]) => roles.map((role) => role.toLowerCase()));
}

export function hasServerPermission(login: ServerLogin, permission: string): boolean {
  const own = (login.serverPermissions ?? []).map((name) => name.toUpperCase());
  const granted = [...own, ...rolesOf(login).flatMap((role) => serverRoles[role] ?? [])];
  return granted.includes(permission) || granted.includes('CONTROL SERVER');
}

export function hasDatabasePermission(login: ServerLogin, database: Pick<Database, 'name'>, permission: string): boolean {
  if (isSysadmin(login) || hasServerPermission(login, 'CONTROL SERVER')) return true;
  if (permission.startsWith('BACKUP ') && login.mayBackUp === false) return false;
  if (permission === 'CREATE DATABASE') return database.name === 'master' && hasServerPermission(login, 'CREATE ANY DATABASE');
  if (permission === 'CONNECT' && mayEnter(login, database)) return true;
  return databaseRolesOf(login, database).some((role) => databaseRoles[role]?.includes(permission));
}

/** Whether the login has a user in the database, its own or guest. */
export function mayEnter(login: ServerLogin, database: Pick<Database, 'name'>): boolean {
  if (isSysadmin(login) || hasServerPermission(login, 'CONNECT ANY DATABASE')) return true;
  const isMapped = Object.keys(login.databaseRoles ?? {}).some((name) =>
    ['*', database.name.toLowerCase()].includes(name.toLowerCase()),
  );
  return isMapped || openToGuests.includes(database.name);
}

export function mayBackUp(login: ServerLogin, database: Pick<Database, 'name'>): boolean {
  return login.mayBackUp ?? hasDatabasePermission(login, database, 'BACKUP DATABASE');
}

/** Throws 300 for a login that may not look at the state of the server. */
export function requireServerState(login: ServerLogin): void {
  if (hasServerPermission(login, 'VIEW SERVER STATE')) return;
  throw sqlError(300, "VIEW SERVER STATE permission was denied on object 'server', database 'master'.", { class: 14 });
}
