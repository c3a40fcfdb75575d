// Tests run as compiled: the same files that are shipped, in child processes and worker threads too.
/** @type {import('jest').Config} */
module.exports = {
  rootDir: 'dist/test',
  testEnvironment: 'node',
  testMatch: ['**/*.test.js'],
  transform: {},
  testTimeout: 60_000,
};
