import { futimesSync, writeSync } from 'node:fs';
import type { Timestamp } from '../../ports/file-source';
import { utimesSeconds } from './utimes-seconds';

const epoch = 0;

export function writeAll(fd: number, content: Uint8Array) {
  for (let at = 0; at < content.length;) at += writeSync(fd, content, at);
}

export function setTime(fd: number, mtime: Timestamp) {
  futimesSync(fd, epoch, utimesSeconds(mtime));
}
