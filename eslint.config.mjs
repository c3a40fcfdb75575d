import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { importRules } from './eslint-imports.mjs';

const noWallClock = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"]',
    message: 'Time comes from the Clock port, so that a test can set it and a replay repeats it.',
  },
];

const noHiddenInput = [
  { object: 'process', property: 'env', message: 'Settings are read once, by src/config, where each is checked and documented.' },
  {
    object: 'Date',
    property: 'now',
    message: 'Time comes from the Clock port, so that a test can set it and a replay repeats it.',
  },
  {
    object: 'Math',
    property: 'random',
    message: 'Random values come from node:crypto, or from workflow.newId() in an orchestrator.',
  },
];

const replayed = 'An orchestrator is run again from its start with recorded results: ';

const noAsync = [
  {
    selector: 'FunctionDeclaration[async=true], FunctionExpression[async=true], ArrowFunctionExpression[async=true]',
    message: `${replayed}it is a synchronous generator and takes steps with yield*.`,
  },
  { selector: 'AwaitExpression, ForOfStatement[await=true]', message: `${replayed}it waits with yield*.` },
  { selector: 'ImportExpression', message: `${replayed}it loads nothing while running.` },
  { selector: 'YieldExpression[delegate=false]', message: 'A bare yield gives any; yield* gives the type of the result.' },
];

const impureGlobals = [
  ...['process', 'globalThis', 'global', 'require', 'module'],
  ...['fetch', 'crypto', 'performance', 'console', 'Promise', 'Atomics', 'WebSocket'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'queueMicrotask'],
].map((name) => ({ name, message: `${replayed}everything outside comes through the workflow.` }));

export default defineConfig(
  { ignores: ['dist/', 'dist.*/', 'out/', 'coverage/', 'node_modules/', '.hubkeep/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      complexity: ['error', 15],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-depth': ['error', 4],
      'max-lines': ['error', 250],
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'it', 'describe'], package: 'node:test' }] },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowRethrowing: true }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An async function without await turns what it throws into a rejection, which is often the point.
      '@typescript-eslint/require-await': 'off',
      // Ports are objects made by factories: their methods use no `this` and travel alone.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', ...noHiddenInput],
      'no-restricted-syntax': ['error', ...noWallClock],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-arguments': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
    },
  },
  ...importRules,
  {
    files: ['src/adapters/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', ...noHiddenInput.slice(0, 1)], 'no-restricted-syntax': 'off' },
  },
  { files: ['src/config/**/*.ts'], rules: { 'no-restricted-properties': ['error', ...noHiddenInput.slice(1)] } },
  { files: ['src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    // What an orchestrator runs on is replayed with it.
    files: ['src/orchestrators/**/*.ts', 'src/workflow/{workflow,steps,create-workflow,step-failed}.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-syntax': ['error', ...noWallClock, ...noAsync.slice(0, 3)],
    },
  },
  {
    files: ['src/orchestrators/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noWallClock, ...noAsync] },
  },
  {
    files: ['test/**/*.ts', 'sandbox/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': ['error', 400],
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Apps under test are loaded when a test says so.
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
);
