import { wrapped } from './backup-device';
import type { Volume } from './run-restore';

/** Throws unless the devices are the families of one media set, each of them once: 3132 when one is missing. */
export function requireMediaSet(volumes: readonly [Volume, ...Volume[]], statement: string): void {
  const fail = (number: number, text: string) => wrapped({ number, class: 16, state: 1, text }, statement);
  const { family, mediaSetGuid } = volumes[0].file;
  const seen = new Map<number, string>();
  for (const { device, file } of volumes) {
    if (file.mediaSetGuid !== mediaSetGuid)
      throw fail(
        3258,
        `The volume on the device '${device.name}' is not part of the media set that is currently being processed.`,
      );
    const other = seen.get(file.family.number);
    if (other !== undefined) {
      const text = `The backup media on "${device.name}" is part of media family ${file.family.number} which has already been processed on "${other}".`;
      throw fail(3227, text);
    }
    seen.set(file.family.number, device.name);
  }
  if (volumes.length < family.count) {
    const text = `The media set has ${family.count} media families but only ${volumes.length} are provided. All members must be provided.`;
    throw fail(3132, text);
  }
}
