const suffix = '-SystemSecrets';
/** Less what is added to the names of parts. */
const longestName = 127 - '-part-99'.length;

/** The name of a stamp's secret in the vault, which allows only letters, digits and hyphens. */
export function systemSecretsName(stampName: string): string {
  const stamp = stampName.replace(/[^0-9a-zA-Z]+/g, '-').replace(/^-+|-+$/g, '');
  return `${stamp.slice(0, longestName - suffix.length) || 'stamp'}${suffix}`;
}
