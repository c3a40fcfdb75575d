export { attribute, isDirectory, isLink, reparseTag, unixNanoseconds, type SmbEntry, type SmbInfo } from './entry';
export type { SmbFile } from './open-file';
export { openSmbShare, type SmbShare, type SmbShareOptions } from './open-smb-share';
export type { SmbWhole, WholeOptions } from './read-whole';
export type { ReparsePoint } from './reparse';
export { isSmbError, SmbError, type SmbErrorKind } from './smb-error';
