import type { SecretsCustody } from '../contracts/secrets-custody';

const file = 'SystemSecrets.JSON';

/** What a shell with the Azure CLI runs to get the SystemSecrets.JSON of a recovery point without Hubkeep. */
export function keyVaultCommand({ vault, name, version, parts }: SecretsCustody): string {
  const download = (id: string, to: string) => `az keyvault secret download --encoding utf-8 --id ${id} --file ${to}`;
  const idOf = (secret: { readonly name: string; readonly version: string }) =>
    `'${vault}/secrets/${secret.name}/${secret.version}'`;
  if (parts === undefined) return ['umask 077', download(idOf({ name, version }), file)].join('\n');
  return [
    'umask 077',
    `for id in ${parts.map(idOf).join(' ')}; do`,
    `  ${download('"$id"', `${file}.part`)} && cat ${file}.part && rm ${file}.part || break`,
    `done > ${file}`,
  ].join('\n');
}
