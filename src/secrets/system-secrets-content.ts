import { HubkeepError } from '../errors/hubkeep-error';

/** What one secret of Key Vault holds, in bytes. */
export const largestContent = 25_600;

const downloadAgain = 'Download it again: admin portal, App Service, Secrets, Download Secrets.';

/**
 * Checks that bytes can be a SystemSecrets.JSON and gives them as text that encodes to the same bytes, byte order mark
 * included. Its schema is not published, so any JSON object with something in it will do.
 *
 * Throws `secrets.too-large` or `secrets.invalid`; no error quotes the content or has a cause that does.
 */
export function readSystemSecrets(content: Uint8Array, source: string): string {
  if (content.length > largestContent) {
    throw new HubkeepError(
      'secrets.too-large',
      `${source} holds ${content.length} bytes; a vault secret holds at most ${largestContent}.`,
      {
        hint: 'Check that it is the SystemSecrets.JSON downloaded from the admin portal and not another file.',
      },
    );
  }
  const text = decode(content, source);
  const reason = whyNotSecrets(text);
  if (reason !== undefined) throw invalid(source, reason);
  return text;
}

function decode(content: Uint8Array, source: string): string {
  const [first, second] = content;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0) {
    throw new HubkeepError(
      'secrets.invalid',
      `${source} is UTF-16, not UTF-8; it was probably saved again by an editor or by PowerShell.`,
      {
        hint: `${downloadAgain} Do not open and save it.`,
      },
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw invalid(source, 'is not UTF-8 text');
  }
}

/** The JSON parser's message quotes what it parsed, so it is not passed on. */
function whyNotSecrets(text: string): string | undefined {
  const json = text.replace(/^\uFEFF/, '');
  if (json.trim() === '') return 'is empty';
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return json.trimStart().startsWith('<') ? 'is a web page, not JSON' : 'is not valid JSON, or is cut off';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'is JSON, but not an object';
  return Object.keys(parsed).length === 0 ? 'is an empty JSON object' : undefined;
}

function invalid(source: string, reason: string): HubkeepError {
  return new HubkeepError('secrets.invalid', `${source} ${reason}.`, { hint: downloadAgain });
}
