// Whose code is in the packages. Told by the bundler, so neither more nor less than what is really in them.
import { readdirSync, readFileSync } from 'node:fs';
import { root } from '../bundle.mjs';

const licence = /^(licen[cs]e|copying|notice|third.?party)/i;

/** @returns the packages these files are of, in the order of their names. */
export function packagesOf(inputs) {
  const places = new Set(inputs.flatMap((input) => /^(.*node_modules\/(@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const packages = [...places].map((place) => {
    const { name, version, license } = JSON.parse(readFileSync(`${root}${place}/package.json`, 'utf8'));
    return { place, id: `${name}@${version}`, license };
  });
  return [...new Map(packages.map((found) => [found.id, found])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The licence texts of all of them. */
export function noticesOf(packages) {
  const parts = packages.map(({ place, id, license }) => {
    const files = readdirSync(`${root}${place}`, { withFileTypes: true }).filter(
      (entry) => entry.isFile() && licence.test(entry.name),
    );
    const texts = files.map(({ name }) => readFileSync(`${root}${place}/${name}`, 'utf8').replaceAll('\r\n', '\n').trim());
    return [`${id} (${license ?? 'see below'})`, ...texts].join('\n\n');
  });
  return `Hubkeep holds code of these packages, under these licences.\n\n${parts.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
}
