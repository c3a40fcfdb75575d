// A CycloneDX document of what is in the packages: of all that npm knows to be installed, what the bundler has taken.
import { execFileSync } from 'node:child_process';
import { root } from '../bundle.mjs';

/** @returns {string} without the time and the random number that npm puts in: the same sources give the same document. */
export function sbomOf(packages) {
  const said = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], { cwd: root, maxBuffer: 2 ** 28, encoding: 'utf8' });
  const { serialNumber: _, metadata, components, dependencies, ...head } = JSON.parse(said);
  const { timestamp: __, ...rest } = metadata;
  const taken = new Set(packages.map(({ id }) => id));
  const known = new Map(components.map((component) => [component['bom-ref'], component]));
  const missing = [...taken].filter((id) => !known.has(id));
  if (missing.length > 0) throw new Error(`npm knows nothing of ${missing.join(', ')}, which are in the packages`);
  const own = metadata.component['bom-ref'];
  return `${JSON.stringify(
    {
      ...head,
      metadata: { ...rest, component: { ...metadata.component, type: 'application', name: 'hubkeep' } },
      components: [...taken].map((id) => shipped(known.get(id))),
      dependencies: dependencies
        .filter(({ ref }) => ref === own || taken.has(ref))
        .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((id) => taken.has(id)) })),
    },
    undefined,
    2,
  )}\n`;
}

/** npm calls some of them development packages, because those need them too. */
function shipped({ properties = [], ...component }) {
  return { ...component, scope: 'required', properties: properties.filter(({ name }) => name !== 'cdx:npm:package:development') };
}
