import type { SecretsCustody } from '../contracts/secrets-custody';
import { HubkeepError } from '../errors/hubkeep-error';

const file = 'SystemSecrets.JSON';
/** As Key Vault has them: nothing in them means anything to a shell. */
const address = /^https:\/\/[\w.:[\]-]+$/;
const secretName = /^[0-9A-Za-z-]{1,127}$/;
const secretVersion = /^[0-9a-f]{32}$/;

/**
 * What a shell with the Azure CLI runs to get the SystemSecrets.JSON of a recovery point without Hubkeep: whole, under its
 * name, or not at all. Throws `format.damaged` for a record that names no secret of a vault.
 */
export function keyVaultCommand({ vault, name, version, parts = [] }: SecretsCustody): string {
  const secrets = parts.length === 0 ? [{ name, version }] : parts;
  const isPlain = secrets.every((secret) => secretName.test(secret.name) && secretVersion.test(secret.version));
  if (!isPlain || !address.test(vault))
    throw new HubkeepError('format.damaged', 'the record names no secret of a vault', {
      hint: 'Somebody may have changed it: run hubkeep verify.',
    });
  const ids = secrets.map((secret) => `${vault}/secrets/${secret.name}/${secret.version}`);
  return [
    '(',
    `  set -e; [ ! -e ${file} ]; umask 077; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT`,
    `  for id in ${ids.join(' ')}; do`,
    '    az keyvault secret download --encoding utf-8 --id "$id" --file "$work/part"',
    '    cat "$work/part" >> "$work/whole"; rm "$work/part"',
    '  done',
    `  mv "$work/whole" ${file}`,
    ')',
  ].join('\n');
}
