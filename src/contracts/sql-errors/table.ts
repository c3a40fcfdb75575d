import type { SqlErrorRule } from './rule';

/** Sharing violation, and what a network path answers on a bad day. */
const networkTrouble = [32, 53, 54, 59, 64, 121, 1231];
/** Devices that cannot be opened, written, read or finished with. */
const deviceTrouble = [3201, 3202, 3203, 3271, 3290, 3292, 3293, 3298, 18210];

const noReason = 'Where nothing came before it, SQL Server gave no reason: see its error log.';

/** The first rule that fits counts. Sources: Microsoft's list of errors 3000 to 3999, the page on 18210, and that on troubleshooting backups to a URL. */
export const sqlErrorRules: readonly SqlErrorRule[] = [
  {
    numbers: [3271, 18210],
    os: [995],
    kind: 'wrapper',
    action: 'read the error before it',
    advice: noReason,
  },
  {
    numbers: deviceTrouble,
    os: networkTrouble,
    kind: 'transient',
    action: 'try again under a new name',
    advice: 'Check the network between SQL Server and the place it writes to if this comes back.',
  },
  {
    numbers: deviceTrouble,
    os: [2],
    kind: 'configuration',
    action: 'fail',
    advice: 'SQL Server does not find the file in SQL_BACKUP_DIRECTORY.',
  },
  {
    numbers: deviceTrouble,
    os: [3],
    kind: 'configuration',
    action: 'fail',
    advice: 'SQL_BACKUP_DIRECTORY does not exist as SQL Server sees it; create it on the SQL Server host.',
  },
  {
    numbers: deviceTrouble,
    os: [5],
    kind: 'configuration',
    action: 'fail',
    advice:
      'Give the SQL Server service account write permission on SQL_BACKUP_DIRECTORY. With SQL_BACKUP_MODE=url storage refused the signature: it has ended, or the account key was changed during the run.',
  },
  {
    numbers: deviceTrouble,
    os: [50],
    kind: 'configuration',
    action: 'fail',
    advice:
      'SQL Server has no credential for the container that holds a shared access signature: somebody dropped or changed it during the run.',
  },
  {
    numbers: deviceTrouble,
    os: [86, 1326],
    kind: 'configuration',
    action: 'fail',
    advice:
      'The SQL Server service account cannot sign in to the share of SQL_BACKUP_DIRECTORY; with SQL_BACKUP_MODE=url, storage does not know the signature.',
  },
  {
    numbers: deviceTrouble,
    os: [112],
    kind: 'configuration',
    action: 'fail',
    advice: 'The disk of SQL_BACKUP_DIRECTORY is full.',
  },
  {
    numbers: [3202],
    kind: 'configuration',
    action: 'fail',
    advice: 'The disk of SQL_BACKUP_DIRECTORY may be full.',
  },
  {
    numbers: [3203],
    kind: 'corruption',
    action: 'fail, and hold older points',
    advice: 'What was written cannot be read back: look at the disk of SQL_BACKUP_DIRECTORY.',
  },
  { numbers: [3013, 3041, 18204, 18210], kind: 'wrapper', action: 'read the error before it', advice: noReason },
  { numbers: [3014, 3211, 3262], kind: 'information', action: 'go on' },
  {
    numbers: [3009],
    kind: 'warning',
    action: 'prove by the file’s header',
    advice: 'msdb could not be written to: see that it is online and has room.',
  },
  {
    numbers: [3023],
    kind: 'transient',
    action: 'try again under a new name',
    advice: 'Another backup or file operation of the database is running; see that other jobs do not share its hour.',
  },
  {
    numbers: [3295],
    kind: 'transient',
    action: 'try again under a new name',
    advice: 'A blob of an earlier attempt is still leased.',
  },
  {
    numbers: [233, 701, 802, 1205, 1222, 3065, 3224, 3229, 3230, 3271, 3290, 3292, 3293, 3298, 5245, 10053, 10054, 10060],
    kind: 'transient',
    action: 'try again under a new name',
  },
  {
    numbers: [3101],
    kind: 'transient',
    action: 'try again under a new name',
    advice:
      'Something is connected to the database that is to be replaced: stop the roles of App Service, or end its connections (sys.dm_exec_sessions).',
  },
  {
    numbers: [976, 978, 979, 983, 4060],
    kind: 'failover',
    action: 'find the replica again',
    advice: 'The database is not accessible on this server now: see the state of its availability group, and SQL_DATABASES.',
  },
  {
    numbers: [3036, 3059, 3062],
    kind: 'reroute',
    action: 'find the replica again',
    advice: 'This replica cannot take the backup: see the backup preference and the state of the availability group.',
  },
  {
    numbers: [3035, 3039, 4208, 4214],
    kind: 'promote',
    action: 'fail',
    advice: 'It is about differential or log backups, which Hubkeep does not take: see what other job ran under the same login.',
  },
  {
    numbers: [18456],
    kind: 'configuration',
    action: 'fail',
    advice: 'Check SQL_USER and SQL_PASSWORD, and that the server allows SQL Server logins (mixed mode).',
  },
  {
    numbers: [262, 3110],
    kind: 'configuration',
    action: 'fail',
    advice:
      'Give SQL_USER the db_backupoperator role in this database (and CREATE ANY DATABASE, which RESTORE VERIFYONLY asks for). To restore over a database that is there, it needs the role dbcreator or has to own it.',
  },
  { numbers: [916], kind: 'configuration', action: 'fail', advice: 'SQL_USER has no user in this database: create one.' },
  {
    numbers: [911],
    kind: 'configuration',
    action: 'fail',
    advice: 'Check SQL_DATABASES and that the server in SQL_SERVERS is the one that holds the database.',
  },
  { numbers: [1844], kind: 'configuration', action: 'fail', advice: 'This edition cannot compress backups.' },
  {
    numbers: [3063],
    kind: 'configuration',
    action: 'fail',
    advice: 'The backup needs more blocks than one blob has: raise SQL_BACKUP_STRIPES.',
  },
  {
    numbers: [3025, 3038, 3044, 3057, 3095, 3096, 3098, 3201, 3205, 3217, 3220, 3225, 3288, 3289, 3291, 3296, 3297],
    kind: 'configuration',
    action: 'fail',
    advice: 'See the error’s text and the place the backup goes to.',
  },
  {
    numbers: [823, 824, 825],
    kind: 'corruption',
    action: 'fail, and hold older points',
    advice: 'A page of the database is damaged: run CHECKDB, look at the storage under it, and keep every older recovery point.',
  },
  {
    numbers: [3043, 3049, 3053, 3183, 3186, 3189, 3241, 3242, 3256, 3266],
    kind: 'corruption',
    action: 'fail, and hold older points',
    advice: 'The database or its backup is damaged: run CHECKDB and keep every older recovery point.',
  },
  {
    numbers: [3042, 3187, 3188],
    kind: 'corruption',
    action: 'fail, and hold older points',
    advice: 'The backup has no checksums or was taken although errors were found: it proves nothing.',
  },
  { numbers: [3104], kind: 'restore', action: 'fail', advice: 'Take the database out of its availability group first.' },
  {
    numbers: [3132, 3231],
    kind: 'restore',
    action: 'fail',
    advice: 'A file of the backup is missing: a backup in several files is restored from all of them.',
  },
  {
    numbers: [3141, 3142, 3154],
    kind: 'restore',
    action: 'fail',
    advice: 'Another database of that name, or its files, are there: restore under another name, or replace it on purpose.',
  },
  {
    numbers: [3159],
    kind: 'restore',
    action: 'fail',
    advice: 'The log of the database that is there has parts in no backup: replace it on purpose, or back its log up first.',
  },
  {
    numbers: [1834, 3156, 3119, 3234, 5133, 5170],
    kind: 'restore',
    action: 'fail',
    advice: 'A file of the database cannot be put there: name other directories (--data-directory, --log-directory).',
  },
  { numbers: [3257], kind: 'restore', action: 'fail', advice: 'The disk for the files of the database has too little room.' },
  { numbers: [3169], kind: 'restore', action: 'fail', advice: 'The backup is of a newer version of SQL Server than this one.' },
  {
    numbers: [12824],
    kind: 'restore',
    action: 'fail',
    advice: 'Set the server option contained database authentication to 1 first.',
  },
  {
    numbers: [33111],
    kind: 'restore',
    action: 'fail',
    advice: 'The certificate that encrypts the database is not on this server: restore it there first.',
  },
];
