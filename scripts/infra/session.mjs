// One process of the Bicep compiler that answers many questions: starting it takes longer than most answers.
import { spawn } from 'node:child_process';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

// What a deployment would know: names follow from it, so that it is the same everywhere.
const place = {
  tenantId: '00000000-0000-0000-0000-0000000000aa',
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  resourceGroup: 'rg-hubkeep',
  location: 'westeurope',
  deploymentName: 'main',
};
// Scenarios take these from the environment; a snapshot shows where they go, and must not show what they are.
const environment = { ...process.env, SQL_PASSWORD: '', NOTIFY_WEBHOOK_URL: '' };

export function openSession([program, ...args]) {
  const child = spawn(program, [...args, 'jsonrpc', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'], env: environment });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  connection.listen();
  const ask = (method, params) => connection.sendRequest(`bicep/${method}`, params);

  return {
    format: async (path) => (await ask('format', { path })).contents,
    /** What it compiles to, undefined when it does not, and a line for each error and warning. */
    async compile(path) {
      const { contents, diagnostics } = await ask('compile', { path });
      return { contents, doubts: diagnostics.map(toLine) };
    },
    async compileParameters(path) {
      const { diagnostics } = await ask('compileParams', { path, parameterOverrides: {} });
      return { doubts: diagnostics.map(toLine) };
    },
    /** Throws with what the template refuses. */
    snapshot: async (path) => (await ask('getSnapshot', { path, metadata: place, externalInputs: [] })).snapshot,
    close() {
      connection.dispose();
      // It ends with its input; a signal at that moment makes it complain.
      child.stdin.end();
    },
  };
}

function toLine({ source, range, level, code, message }) {
  return `${source}:${range.start.line + 1}: ${level} ${code}: ${message}`;
}
