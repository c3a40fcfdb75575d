import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { startAppServiceAdmin, type AppServiceAdmin } from '../../sandbox/app-service-admin/start-app-service-admin';
import { createCertificateAuthority, localNames } from '../../sandbox/certificates';
import { openStage, type Hubkeep, type Settings, type Stage } from './stage';

let stage: Stage;
let admin: AppServiceAdmin;
let hubkeep: Hubkeep;
let settings: Settings;

beforeAll(async () => {
  stage = await openStage({ files: 1 });
  const authority = createCertificateAuthority();
  admin = await startAppServiceAdmin({ tls: authority.issue(localNames), identity: stage.sandbox.identity });
  const caFile = stage.path('both-ca.pem');
  copyFileSync(stage.sandbox.settings['EXTRA_CA_FILE']!, caFile);
  appendFileSync(caFile, authority.caPem);
  hubkeep = stage.inContainer('rotated');
  settings = { EXTRA_CA_FILE: caFile, APP_SERVICE_ADMIN_URL: admin.url, APP_SERVICE_ADMIN_AUDIENCE: admin.audience };
});
afterAll(async () => {
  await admin.close();
  await stage.close();
});

const publisher = { category: 'Certificates', name: 'Publisher' };
const backup = () => hubkeep.json(['backup', '--components', 'secrets'], settings);

test('a rotation makes backups partial, with the secrets kept, until SystemSecrets.JSON is stored anew', async () => {
  admin.setRows([{ ...publisher, lifeRemaining: 30 }]);
  expect(await backup()).toMatchObject({ code: 0, document: { status: 'complete', problems: [], warnings: [] } });

  admin.setRows([{ ...publisher, lifeRemaining: 365 }]);
  const problem = { code: 'secrets.rotated', message: expect.stringContaining('(Certificates: Publisher)') };
  const partial = await backup();
  expect(partial).toMatchObject({ code: 3, document: { status: 'partial', problems: [{ ...problem, component: 'secrets' }] } });
  const shown = await hubkeep.json(['show', 'latest']);
  expect(shown.document).toMatchObject({ outcome: 'partial', secrets: { status: 'succeeded', stored: false, problem } });
  expect((await hubkeep.run(['show', 'latest'])).stdout).toMatch(/^the secrets: Secrets were rotated on \S+ \(Certificates/m);
  expect(await hubkeep.run(['restore', 'latest', '--secrets', stage.path('restored.json')])).toMatchObject({ code: 0 });

  writeFileSync(stage.sandbox.settings['SYSTEM_SECRETS_PATH']!, '{"downloaded":"again"}');
  expect(await backup()).toMatchObject({ code: 0, document: { status: 'complete', problems: [], warnings: [] } });
});

test('an admin API that is down costs a warning', async () => {
  await admin.close();
  const warnings = [{ code: 'secrets.probe-failed', message: expect.stringContaining('ECONNREFUSED') }];
  expect(await backup()).toMatchObject({ code: 0, document: { status: 'complete', warnings } });
});
