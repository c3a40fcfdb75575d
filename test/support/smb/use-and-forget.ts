/** A program that uses a share and does not close it: `node use-and-forget.js OPTIONS PATH`, with the options as JSON. */
import { openSmbShare, type SmbShareOptions } from '../../../src/adapters/smb';

const [options = '', path = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const share = openSmbShare(JSON.parse(options) as SmbShareOptions);
  // Enough at once for further connections.
  const all = await Promise.all(Array.from({ length: 40 }, () => share.readWhole(path, { limit: 100 })));
  const file = await share.open(path);
  await file.read(Buffer.alloc(1));
  process.stdout.write(`read ${all.length}`);
}

main().catch((error: unknown) =>
  process.stdout.write(error instanceof Error ? (error as Error & { kind: string }).kind : 'unknown'),
);
