import { DockerfileParser } from 'dockerfile-ast';
import { parseAllDocuments } from 'yaml';
import { parseEnv } from 'node:util';
import { envFileDoubts } from '../../src/config/env-file-doubts';
import { loadConfig } from '../../src/config/load-config';
import { hostSettings, settingNames, settings, type Setting } from '../../src/config/schema';
import { readText, recipeFiles } from './recipes';

/** What identities sign in with, as the SDK reads it. */
const identity = ['AZURE_AUTHORITY_HOST', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID'];
/** What the Functions image and its host are told. */
const image = [
  'ASPNETCORE_URLS',
  'AzureFunctionsJobHost__Logging__Console__IsEnabled',
  'AzureWebJobsScriptRoot',
  'WEBSITES_PORT',
];
/** What azd is told beside settings. */
const azd = ['HUBKEEP_NETWORK', 'HUBKEEP_NOTIFY'];
const known: readonly string[] = [...settingNames, ...hostSettings, ...identity, ...image, ...azd];

const samples = recipeFiles().filter((file) => /\.env(\.sample)?$/.test(file));
const secrets = settingNames.filter((name) => (settings[name] as Setting<unknown>).secret);

/** The names in a settings file, those behind a # too. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/^(?:# )?([A-Za-z][A-Za-z0-9_]*)=/gm)].map(([, name = '']) => name);
}

function namesInManifest(file: string): string[] {
  return parseAllDocuments(readText(file)).flatMap((document) =>
    [...JSON.stringify(document.toJS()).matchAll(/"env":(\[.*?\])/g)].flatMap(([, list = '[]']) =>
      (JSON.parse(list) as { name: string }[]).map(({ name }) => name),
    ),
  );
}

function namesInDockerfile(file: string): string[] {
  return DockerfileParser.parse(readText(file))
    .getENVs()
    .flatMap((env) => env.getProperties().map((property) => property.getName()));
}

test('every name in a recipe is a setting of Hubkeep or of what it runs on', () => {
  const files = recipeFiles();
  const names = [
    ...samples.flatMap((file) => namesIn(readText(file))),
    ...files.filter((file) => file.endsWith('.yaml')).flatMap(namesInManifest),
    ...files.filter((file) => /Dockerfile\.\w+$/.test(file)).flatMap(namesInDockerfile),
  ];
  expect(names).toEqual(expect.arrayContaining(['SQL_PASSWORD', 'SERVE_TLS_CERT', 'ASPNETCORE_URLS']));
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

test.each(['docs/deploy.md', 'docs/hosting.md'])('every setting that %s names is one', (page) => {
  const names = [...readText(page).matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !known.includes(name) && name !== 'COPY_ONLY')).toEqual([]);
});

test.each(samples)('%s is a settings file without a doubt, valid with its secrets filled in', (file) => {
  const text = readText(file);
  expect(envFileDoubts(file, text)).toEqual([]);
  const { fileShare, sql } = loadConfig({ ...parseEnv(text), SQL_PASSWORD: 'x' }, { sources: true });
  expect(fileShare?.place).toMatchObject({ kind: 'path', path: expect.stringMatching(/^(\/mnt\/websites|\\\\\w)/) });
  expect(sql?.road.kind).toBe('disk');
});

test.each(recipeFiles())('%s holds no value of a secret', (file) => {
  for (const name of [...secrets, 'AZURE_CLIENT_SECRET']) expect(readText(file)).not.toMatch(new RegExp(`${name}=\\S`));
  expect(readText(file)).not.toMatch(/AccountKey=|[?&]sig=|^password=/m);
});
