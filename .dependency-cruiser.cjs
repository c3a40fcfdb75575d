// What src/ reaches at run time, however many files away (imports of types alone do not count; eslint-imports.mjs
// judges those). Each rule says why it is there.

const { builtinModules } = require('node:module');

const builtin = `^(node:)?(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`;
const packages = 'node_modules/';
const sdk = `${packages}(@azure/(identity|keyvault-secrets|storage-blob|core-[^/]+)|mssql|tedious)/`;
const roots = '^src/(index|compose[-a-z]*|late-adapters|restore-worker|share-worker)\\.ts$';
const replayed = '^src/(orchestrators/|workflow/(workflow|steps|create-workflow|step-failed)\\.ts$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one thing in two places, and load in an order nobody chose.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'orchestrators-reach-no-builtin',
      comment:
        'An orchestrator is replayed: a clock, random value or file anywhere below it makes the replay differ from the run.',
      severity: 'error',
      from: { path: replayed },
      to: { path: builtin, reachable: true },
    },
    {
      name: 'orchestrators-reach-no-package',
      comment: 'As above. zod only checks shapes, so contracts may bring it along.',
      severity: 'error',
      from: { path: replayed },
      to: { path: `${packages}(?!zod/)`, reachable: true },
    },
    {
      name: 'shipped-code-stands-alone',
      comment: 'What is shipped never loads the sandbox, the tests or the benchmarks: they are not there in production.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(sandbox|test|bench)/' },
    },
    {
      name: 'nobody-imports-a-root',
      comment: 'index.ts, the workers and the CLI start programs when loaded; whatever others need lives elsewhere.',
      severity: 'error',
      from: { pathNot: '^src/(index\\.ts$|cli/)' },
      to: { path: '^src/(index\\.ts$|(restore|share)-worker\\.ts$|cli/)' },
    },
    {
      name: 'only-roots-compose',
      comment: 'compose.ts ties adapters to services; anybody else is handed what it needs.',
      severity: 'error',
      from: { path: '^src/', pathNot: `${roots}|^src/cli/` },
      to: { path: '^src/compose[-a-z]*\\.ts$' },
    },
    {
      name: 'sdks-in-adapters',
      comment: 'One adapter per outside thing: its errors are translated and its oddities known in one place.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/' },
      to: { path: sdk },
    },
    {
      name: 'adapters-from-roots-only',
      comment: 'Services, activities and edges speak to ports; which adapter is behind one is decided where a program starts.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(adapters|cli)/|${roots}` },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'durable-functions-in-one-place',
      comment: 'The next major version of durable-functions changes its tasks: it must be a change of these files alone.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/workflow/durable[^/]*\\.ts$' },
      to: { path: `${packages}durable-functions/` },
    },
    {
      name: 'functions-at-the-edge',
      comment: 'Only the Azure root, its triggers and the durable engine know the Functions host: the CLI runs without it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(index\\.ts$|triggers/|workflow/durable[^/]*\\.ts$)' },
      to: { path: `${packages}@azure/functions/` },
    },
    {
      name: 'files-through-adapters',
      comment: 'Services reach files through ports, so that every fault of a file system can be played to them.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(adapters|cli|config)/|${roots}` },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'contracts-and-ports-stay-below',
      comment: 'Everybody depends on contracts and ports, so they depend on nobody above them.',
      severity: 'error',
      from: { path: '^src/(contracts|ports)/' },
      to: { path: '^src/', pathNot: '^src/(contracts|ports)/' },
    },
    {
      name: 'no-development-packages',
      comment: 'Development packages are not installed in production.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that resolves to nothing fails when it is first reached, which may be during a restore.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: packages },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
