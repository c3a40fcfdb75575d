// Tests run as compiled: the same files that are shipped, in child processes and worker threads too.
/** @type {import('jest').Config} */
module.exports = {
  rootDir: 'dist/test',
  testEnvironment: 'node',
  testMatch: ['**/*.test.js'],
  // The Functions worker provides this module; under test the pretend host does.
  moduleNameMapper: { '^@azure/functions-core$': '<rootDir>/support/functions-host/functions-core.js' },
  transform: {},
  testTimeout: 60_000,
  maxWorkers: 2,
};
