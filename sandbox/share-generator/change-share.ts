import { readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths relative to the share, with `/`. */
export interface ShareChange {
  /** Same size with other content, longer, shorter. */
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly deleted: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

const day = 86_400;

/** What a quiet day does to a generated share; each call is one day more, and always the same one. */
export async function changeShare(share: string): Promise<ShareChange> {
  const [same, longer, shorter, gone, moved] = usualFiles(share);
  if (!same || !longer || !shorter || !gone || !moved) throw new Error(`${share} holds too few files to change`);
  const added = `sites/site-000/wwwroot/added-${readdirSync(join(share, 'sites/site-000/wwwroot')).length}.txt`;

  rewrite(share, same, (content) => content.map((byte) => byte ^ 1));
  rewrite(share, longer, (content) => Buffer.concat([content, Buffer.from('one line more\n')]));
  rewrite(share, shorter, (content) => content.subarray(0, content.length - 1));
  writeFileSync(join(share, added), `new: ${added}\n`);
  rmSync(join(share, gone));
  renameSync(join(share, moved), join(share, `${moved}.renamed`));
  return {
    changed: [same, longer, shorter],
    added: [added],
    deleted: [gone],
    renamed: [{ from: moved, to: `${moved}.renamed` }],
  };
}

/** A few files of the first site, evenly spread, so that several directories change. */
function usualFiles(share: string): string[] {
  const root = 'sites/site-000/wwwroot';
  const files = readdirSync(join(share, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^added-|\.renamed$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(share, '/').length).replaceAll('\\', '/'))
    .filter((path) => statSync(join(share, path)).size > 1)
    .sort();
  return [0, 1, 2, 3, 4].flatMap((fifth) => files[Math.floor((fifth * files.length) / 5)] ?? []);
}

function rewrite(share: string, path: string, change: (content: Buffer) => Uint8Array): void {
  const file = join(share, path);
  const modified = statSync(file).mtimeMs / 1000 + day;
  writeFileSync(file, change(readFileSync(file)));
  utimesSync(file, modified, modified);
}
