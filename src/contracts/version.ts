/**
 * Release of this program, and the version of its orchestrations: a run started under another one ends `superseded`,
 * because its history was written by other code. A test keeps it equal to package.json.
 */
export const hubkeepVersion = '0.1.0';
