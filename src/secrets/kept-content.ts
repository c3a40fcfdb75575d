import * as z from 'zod';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { SecretVault, StoredSecret } from '../ports/secret-vault';
import { tagsMatch } from './content-tags';

/** One piece of a content that is too large for one secret: itself a secret, in exactly this version. */
export interface Part {
  readonly name: string;
  readonly version: string;
}

export interface KeptContent {
  readonly text: string;
  /** The version that is the content, or that lists its parts. */
  readonly head: StoredSecret;
  /** Empty when one secret holds it all. */
  readonly parts: readonly Part[];
}

/** What one secret of Key Vault holds, in bytes. */
const largestValue = 25_600;
const partsType = 'application/vnd.hubkeep.parts+json';

const headSchema = z.object({ parts: z.array(z.object({ name: z.string(), version: z.string() })).min(1) });

/**
 * Writes a content as one secret, or as numbered parts and a head that names each with its version. The head comes last: until
 * then whatever was current stays so, and no two writers can mix their parts.
 * @param tagsFor tags of the head, given the number of parts.
 */
export async function writeContent(
  vault: SecretVault,
  { name, text }: { readonly name: string; readonly text: string },
  tagsFor: (parts: number) => Record<string, string>,
): Promise<{ version: string }> {
  const pieces = cut(text);
  if (pieces.length === 1) return vault.set(name, text, { contentType: 'application/json', tags: tagsFor(0) });
  const parts: Part[] = [];
  for (const [i, piece] of pieces.entries()) {
    const part = `${name}-part-${String(i + 1).padStart(2, '0')}`;
    parts.push({ name: part, version: (await vault.set(part, piece, { contentType: 'text/plain' })).version });
  }
  return vault.set(name, JSON.stringify({ parts }), { contentType: partsType, tags: tagsFor(parts.length) });
}

/**
 * The content of a version, the newest unless one is named. Throws `vault.not-found`, `vault.disabled`, `vault.mismatch` when
 * a part is missing, disabled or the whole does not fit the hash beside it, and what the vault throws.
 */
export async function readContent(vault: SecretVault, name: string, version?: string): Promise<KeptContent> {
  const head = await vault.get(name, version);
  if (head.contentType !== partsType) return checked({ text: head.value, head, parts: [] });
  const listed = headSchema.safeParse(parseJson(head.value));
  if (!listed.success) throw mismatch(head, name, 'it does not list its parts');
  const { parts } = listed.data;
  const pieces: string[] = [];
  for (const part of parts) {
    const secret = await vault.get(part.name, part.version).catch((error: unknown) => {
      const code = codeOf(error);
      if (code !== 'vault.not-found' && code !== 'vault.disabled') throw error;
      throw mismatch(head, name, `its part ${part.name} is ${code === 'vault.disabled' ? 'disabled' : 'missing'}`);
    });
    pieces.push(secret.value);
  }
  return checked({ text: pieces.join(''), head, parts });

  function checked(content: KeptContent): KeptContent {
    if (tagsMatch(head, content.text) !== false) return content;
    throw mismatch(head, name, 'it does not fit the hash noted beside it');
  }
}

/** Pieces that fit a secret, cut between characters. */
function cut(text: string): string[] {
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + largestValue, bytes.length);
    // A byte of the form 10xxxxxx goes on with the character before it.
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return pieces;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mismatch({ version }: StoredSecret, name: string, why: string): HubkeepError {
  return new HubkeepError('vault.mismatch', `Version ${version} of ${name} is not what was stored: ${why}.`, {
    hint: 'Store SystemSecrets.JSON again, and find out in the log of the vault who changed it; earlier recovery points name earlier versions.',
  });
}
