import { parse, type ObjectNode, type ValueNode } from '@humanwhocodes/momoa';
import { HubkeepError } from '../errors/hubkeep-error';

/** Bytes. Far more than a stamp's secrets take, and few enough for the parts of one secret. */
export const largestContent = 1_048_576;

const downloadAgain = 'Download it again: admin portal, App Service, Secrets, Download Secrets.';

/**
 * Checks that bytes can be a SystemSecrets.JSON and gives them as text that encodes to the same bytes, byte order mark
 * included. Its schema is not published, so any JSON object with something in it will do; a name that is there twice in one
 * object, or anything after the end, is a sign of a file put together by hand.
 *
 * Throws `secrets.too-large` or `secrets.invalid`; no error quotes the content or has a cause that does.
 */
export function readSystemSecrets(content: Uint8Array, source: string): string {
  if (content.length > largestContent) {
    throw new HubkeepError('secrets.too-large', `${source} holds ${content.length} bytes; at most ${largestContent} are kept.`, {
      hint: 'Check that it is the SystemSecrets.JSON downloaded from the admin portal and not another file.',
    });
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

/** Messages of JSON parsers quote what they parsed; only the place is passed on. */
function whyNotSecrets(text: string): string | undefined {
  const json = text.replace(/^\uFEFF/, '');
  if (json.trim() === '') return 'is empty';
  if (json.trimStart().startsWith('<')) return 'is a web page, not JSON';
  let value: ValueNode;
  try {
    value = parse(json, { mode: 'json' }).body;
  } catch (error) {
    return `is not valid JSON, or is cut off (${placeOf(error)})`;
  }
  if (value.type !== 'Object') return 'is JSON, but not an object';
  if (value.members.length === 0) return 'is an empty JSON object';
  const twice = findTwice(value);
  return twice === undefined ? undefined : `has a name twice in one object (${placeOf(twice)})`;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function placeOf(error: unknown): string {
  const { line, column } = Object(error) as Partial<Place>;
  return typeof line === 'number' && typeof column === 'number' ? `line ${line}, column ${column}` : 'nested too deeply';
}

/** Where an object names a member that it has already. Nested values wait in a list: how deep they go is up to the file. */
function findTwice(root: ObjectNode): Place | undefined {
  const waiting: ValueNode[] = [root];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (value.type === 'Array') waiting.push(...value.elements.map((element) => element.value));
    if (value.type !== 'Object') continue;
    const names = new Set<string>();
    for (const { name, value: member } of value.members) {
      const key = name.type === 'String' ? name.value : name.name;
      if (names.has(key)) return name.loc.start;
      names.add(key);
      waiting.push(member);
    }
  }
  return undefined;
}

function invalid(source: string, reason: string): HubkeepError {
  return new HubkeepError('secrets.invalid', `${source} ${reason}.`, { hint: downloadAgain });
}
