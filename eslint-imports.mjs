// Which folder of src/ may import what, and why. Imports run in the direction of the data: trigger, orchestrator,
// activity, service, port, adapter. Lint sees direct imports, types included; .dependency-cruiser.cjs sees what is reached.

const own = String.raw`\.\.?/(?!(index|compose[-a-z]*|late-adapters|(restore|share)-worker)$)[^/]+$`;
const ownFolder = String.raw`\./`;
const folder = (name) => String.raw`(\.\./)+${name}/`;
const services = '(databases|fileshare|secrets|recovery|restore|retention|drill|repository|runs)';
const harmless =
  'node:(assert|buffer|crypto|events|path|path/posix|stream|stream/promises|timers/promises|util|worker_threads|zlib)$';

/** Only what matches one of `allowed` may be imported. */
function only(files, allowed, reason) {
  return restrict(files, `^(?!${allowed.join('|')})`, reason);
}

/** Anything may be imported but what matches one of `refused`. */
function allBut(files, refused, reason) {
  return restrict(files, `^(${refused.join('|')})`, reason);
}

function restrict(files, regex, message) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] } };
}

const outside = [folder('(sandbox|test|bench)')];
const roots = [String.raw`(\.\.?/)+(index|compose[-a-z]*|late-adapters|(restore|share)-worker)$`, folder('cli')];
const engines = [folder('workflow') + '(durable|embedded)'];

export const importRules = [
  only(
    ['src/contracts/**'],
    [ownFolder, own, 'zod$'],
    'Contracts are plain shapes that every layer and process shares: contracts and zod only.',
  ),
  only(
    ['src/ports/**'],
    [own, folder('contracts')],
    'A port says what is needed, not who provides it: ports and contracts only.',
  ),
  only(['src/errors/**'], [own, folder('contracts')], 'Everybody imports errors, so errors import nobody but contracts.'),
  only(
    ['src/workflow/**'],
    [own, folder('contracts'), folder('errors'), folder('ports')],
    'The workflow port and its engines know no orchestrator, no service and no SDK; only durable*.ts knows Durable Functions.',
  ),
  only(
    ['src/workflow/durable*.ts'],
    [own, folder('contracts'), folder('errors'), folder('ports'), 'durable-functions$', '@azure/functions$'],
    'The durable engine is the bridge to Durable Functions and to nothing else.',
  ),
  only(
    ['src/workflow/{workflow,steps,create-workflow,step-failed}.ts'],
    [own, folder('contracts')],
    'Orchestrators run on this, so it is as pure as they are.',
  ),
  only(
    ['src/orchestrators/**'],
    [ownFolder, folder('contracts'), folder('workflow') + '(workflow|steps|step-failed)$'],
    'An orchestrator is replayed: it may know contracts, other orchestrators and the workflow port, and nothing that does I/O.',
  ),
  only(
    [`src/{databases,fileshare,secrets,recovery,restore,retention,drill,repository,runs}/**`],
    [
      own,
      ownFolder,
      folder('(contracts|errors|ports|repository|runs)'),
      harmless,
      'zod$',
      'tar/header$',
      'picomatch$',
      'croner$',
      '@humanwhocodes/momoa$',
    ],
    'A service reaches the outside through ports, and shares nothing with another service but the repository and the runs.',
  ),
  only(
    ['src/activities/**'],
    [own, folder('(contracts|errors|ports)'), folder(services), 'zod$'],
    'An activity checks its input and calls a service; what it needs beyond that belongs into the service.',
  ),
  allBut(
    ['src/adapters/**'],
    [folder(services), folder('(activities|orchestrators|workflow|triggers|web|config)'), ...roots, ...outside],
    'An adapter serves a port: it knows ports, contracts, errors and its SDK, never who calls it.',
  ),
  only(
    ['src/adapters/smb/**'],
    [ownFolder, 'node:'],
    'The SMB client could be a package of its own: it knows the protocol and Node, and nothing of what it is used for.',
  ),
  allBut(
    ['src/triggers/**', 'src/web/**'],
    [folder('(adapters|orchestrators|activities)'), ...engines.map((engine) => `${engine}$`), ...roots, ...outside, 'node:fs'],
    'Edges parse, authorise and ask; engines and adapters are handed to them by a composition root.',
  ),
  only(
    ['src/config/**'],
    [own, folder('(contracts|errors)'), 'zod$', 'croner$', 'picomatch$', 'node:(crypto|fs|fs/promises|path|tls|util)$'],
    'Configuration is read before anything else exists.',
  ),
  allBut(['src/*.ts', 'src/cli/**'], outside, 'What is shipped never depends on the sandbox, the tests or the benchmarks.'),
];
