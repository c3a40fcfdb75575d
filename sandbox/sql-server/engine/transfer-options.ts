import { sqlError } from '../tsql/sql-error';
import type { Device, OptionValue } from '../tsql/statements';
import { wrapped } from './backup-device';

const transferStep = 65536;
const largestTransfer = 4 * 1024 * 1024;
const blockSizes = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536];
const mostDevices = 64;
const longestName = 259;

const rules: Readonly<Record<string, (value: number) => boolean>> = {
  MAXTRANSFERSIZE: (value) => value >= transferStep && value <= largestTransfer && value % transferStep === 0,
  BLOCKSIZE: (value) => blockSizes.includes(value),
  BUFFERCOUNT: (value) => Number.isInteger(value) && value > 0,
};

/** Throws 3217 for a size or a count that SQL Server does not take. */
export function checkTransfer(options: ReadonlyMap<string, OptionValue>, statement: string): void {
  for (const [name, accepts] of Object.entries(rules)) {
    const value = options.get(name);
    if (value !== undefined && !accepts(Number(value)))
      throw wrapped({ number: 3217, class: 16, state: 1, text: `Invalid value specified for ${name} parameter.` }, statement);
  }
}

/** Throws 3205 for more devices than a media set has, 3057 for a name that is too long. */
export function checkDevices(devices: readonly Device[], statement: string): void {
  const fail = (number: number, text: string) => wrapped({ number, class: 16, state: 1, text }, statement);
  if (devices.length > mostDevices)
    throw fail(3205, `Too many backup devices specified for backup or restore; only ${mostDevices} are allowed.`);
  if (devices.some(({ name }) => name.length > longestName)) {
    const text = `Invalid device name. The length of the device name provided exceeds supported limit (maximum length is:${longestName}).`;
    throw fail(3057, text);
  }
  if (new Set(devices.map(({ kind }) => kind)).size > 1) throw sqlError(50000, 'The sandbox takes files or blobs, not both.');
}
