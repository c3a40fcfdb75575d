import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, homedir, tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { checkout, filesBelow, makePackages, type Packaged } from './packaged';

jest.setTimeout(120_000);

let packaged: Packaged;
let files: Map<string, Buffer>;
let zip: Record<string, Uint8Array>;
/** From the top of the checkout, as the source maps tell. */
let sources: Set<string>;

beforeAll(() => {
  packaged = makePackages();
  files = filesBelow(packaged.directory);
  zip = unzipSync(files.get('hubkeep-functions.zip')!);
  const maps = Object.entries(unzipSync(files.get('hubkeep-source-maps.zip')!));
  sources = new Set(
    maps.flatMap(([file, map]) =>
      (JSON.parse(strFromU8(map)) as { sources: string[] }).sources.map((source) => placeOf(source, file)),
    ),
  );
});
afterAll(() => packaged.close());

const textOf = (file: string) => files.get(file)!.toString();

test('the zip has at its top what Functions looks for, and a main that is there', () => {
  expect(JSON.parse(strFromU8(zip['host.json']!))).toEqual(JSON.parse(readFileSync(join(checkout, 'host.json'), 'utf8')));
  const manifest = JSON.parse(strFromU8(zip['package.json']!)) as Record<string, unknown>;
  expect(manifest).toMatchObject({ main: 'main.js', type: 'commonjs', engines: { node: '>=24' } });
  expect(manifest).not.toHaveProperty('dependencies');
  expect(manifest).not.toHaveProperty('scripts');
  expect(Object.keys(zip)).toContain('main.js');
});

test('the zip is the directory, file for file', () => {
  const inDirectory = [...files.keys()].filter((file) => file.startsWith('functions/'));
  expect(Object.keys(zip).map((file) => `functions/${file}`)).toEqual(inDirectory);
  for (const [file, content] of Object.entries(zip))
    expect([file, files.get(`functions/${file}`)!.equals(content)]).toEqual([file, true]);
});

test('everything inside comes from the sources and from packages that are for production', () => {
  const own = [...sources].filter((source) => !source.startsWith('node_modules/'));
  // What names an SDK to the bundler has no file.
  expect(own.filter((source) => !source.startsWith('src/') && !source.endsWith('/<stdin>'))).toEqual([]);
  expect(own).toEqual(
    expect.arrayContaining(['src/index.ts', 'src/cli/run-cli.ts', 'src/share-worker.ts', 'src/restore-worker.ts']),
  );
  const { packages: locked } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  // Where a package lies, as the lock file names it.
  const packages = [
    ...new Set([...sources].map((source) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(source)?.[0])),
  ].filter((place) => place !== undefined);
  expect(packages.length).toBeGreaterThan(20);
  // What production needs as well is not marked so, also where a development package names it.
  expect(packages.filter((place) => locked[place]?.dev !== undefined || locked[place] === undefined)).toEqual([]);
});

test('nothing inside tells of the machine it was made on', () => {
  const telling = [checkout, homedir(), tmpdir(), hostname()].filter((word) => word.length > 5);
  for (const [file, content] of files) {
    if (/\.(zip|tgz)$/.test(file)) continue;
    expect([file, telling.filter((word) => content.includes(word))]).toEqual([file, []]);
  }
});

test('the list of what is inside names the packages inside, each with its version and licence, and no other', () => {
  const { bomFormat, components } = JSON.parse(textOf('sbom.cdx.json')) as {
    bomFormat: string;
    components: { name: string; version: string; purl: string; licenses: unknown[]; scope: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const inside = new Set([...sources].flatMap((source) => packageOf(source) ?? []));
  expect(new Set(components.map(({ name }) => name))).toEqual(inside);
  for (const { name, version, purl, licenses, scope } of components) {
    expect([name, purl.endsWith(`@${version}`), licenses.length > 0, scope]).toEqual([name, true, true, 'required']);
    const notices = ['functions', 'cli'].map((part) => textOf(`${part}/THIRD-PARTY-NOTICES.txt`));
    expect([name, notices.some((text) => text.includes(`${name}@${version}`))]).toEqual([name, true]);
  }
});

test('made again, in another time zone, it has the same bytes', () => {
  const again = makePackages({ TZ: 'Pacific/Kiritimati' });
  try {
    expect(hashes(filesBelow(again.directory))).toEqual(hashes(files));
  } finally {
    again.close();
  }
});

/** Some packages come with a source map of their own, whose places begin with the package's name. */
function placeOf(source: string, map: string): string {
  if (source.startsWith('webpack://')) return source.replace('webpack://', 'node_modules/');
  return posix.relative('/checkout', posix.join('/checkout/out', posix.dirname(map), source));
}

function packageOf(source: string): string | undefined {
  return /.*node_modules\/((@[^/]+\/)?[^/]+)\//.exec(source)?.[1];
}

function hashes(of: ReadonlyMap<string, Buffer>): Record<string, string> {
  return Object.fromEntries([...of].map(([file, content]) => [file, createHash('sha256').update(content).digest('hex')]));
}
