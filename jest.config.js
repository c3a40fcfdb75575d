// Tests run as compiled: the same files that are shipped, in child processes and worker threads too.
const everywhere = {
  rootDir: 'dist/test',
  testEnvironment: 'node',
  // The Functions worker provides this module; under test the pretend host does.
  moduleNameMapper: { '^@azure/functions-core$': '<rootDir>/support/functions-host/functions-core.js' },
  transform: {},
};

/** @type {import('jest').Config} */
module.exports = {
  testTimeout: 60_000,
  maxWorkers: 2,
  projects: [
    { ...everywhere, displayName: 'hubkeep', testMatch: ['**/*.test.js'] },
    {
      ...everywhere,
      // The same end-to-end tests before storage, vault and sign-in that are as strict and as old as those of a stamp.
      displayName: 'azure-stack-hub',
      testMatch: ['**/e2e/*.test.js', '**/cli/{backup-restore,url-databases}.test.js'],
      setupFiles: ['<rootDir>/support/run-as-stamp.js'],
    },
  ],
};
