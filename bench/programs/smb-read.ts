/**
 * `node smb-read.js [SHARE-DIRECTORY]`: reads every file of a share through Hubkeep's own client and keeps none. The share is
 * named by SMB_PORT, SMB_USER, SMB_PASSWORD and SMB_DOMAIN, on this machine.
 */
import { createSmbFiles } from '../../src/adapters/smb-share/smb-files';
import type { SourceEntry } from '../../src/ports/file-source';

const streamedFrom = 16 * 1024 * 1024;
const atOnce = 64;

const { SMB_PORT = '', SMB_USER: user = '', SMB_PASSWORD: password = '', SMB_DOMAIN: domain = '' } = process.env;
const place = { host: '127.0.0.1', port: Number(SMB_PORT), share: 'files', directory: process.argv[2] ?? '' };
const source = createSmbFiles({ ...place, user, password, domain });

async function readFile(path: string, seen: SourceEntry): Promise<void> {
  if (seen.size < streamedFrom) return void (await source.readWhole(path, { seen, limit: streamedFrom }));
  const file = await source.open(path);
  const into = Buffer.allocUnsafe(1024 * 1024);
  while ((await file.read(into)) > 0);
  await file.close();
}

async function main(): Promise<void> {
  const directories = [''];
  const files: [string, SourceEntry][] = [];
  let underway = 0;
  const failed = Promise.withResolvers<never>();
  const idle = Promise.withResolvers<undefined>();

  function next(): void {
    while (underway < atOnce) {
      const directory = directories.pop();
      const file = directory === undefined ? files.pop() : undefined;
      const work = directory !== undefined ? list(directory) : file !== undefined ? readFile(...file) : undefined;
      if (work === undefined) break;
      underway += 1;
      work
        .then(() => {
          underway -= 1;
          next();
        })
        .catch(failed.reject);
    }
    if (underway === 0) idle.resolve(undefined);
  }

  async function list(directory: string): Promise<void> {
    for (const entry of await source.list(directory)) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.kind === 'directory') directories.push(path);
      else if (entry.kind === 'file') files.push([path, entry]);
    }
  }

  next();
  await Promise.race([idle.promise, failed.promise]);
}

main()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
