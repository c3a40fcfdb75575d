// Read by test-stamp.ts, in each process that runs tests.
process.env['HUBKEEP_TEST_STAMP'] = 'adfs';
