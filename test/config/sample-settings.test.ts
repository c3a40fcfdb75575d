import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load-config';
import { hostSettings, settingNames, settings, type Setting } from '../../src/config/schema';

const sample = JSON.parse(readFileSync(join(__dirname, '../../../local.settings.sample.json'), 'utf8')) as {
  readonly IsEncrypted: boolean;
  readonly Values: Readonly<Record<string, string>>;
};

test('the sample holds every setting and the host settings, and nothing else', () => {
  expect(Object.keys(sample.Values).sort()).toEqual([...settingNames, ...hostSettings].sort());
});

test('the sample shows the default of each setting and is empty where there is none', () => {
  for (const name of settingNames) {
    const setting: Setting<unknown> = settings[name];
    expect([name, sample.Values[name]]).toEqual([name, setting.fallback ?? '']);
  }
});

test('every default is valid', () => {
  expect(() => loadConfig({ ...sample.Values, BACKUP_STORAGE_CONNECTION_STRING: 'x' }, { sources: false })).not.toThrow();
});

test('every setting is described in one line that ends as a sentence', () => {
  for (const name of settingNames) expect(settings[name].doc).toMatch(/^\S.{10,120}\.$/);
});
