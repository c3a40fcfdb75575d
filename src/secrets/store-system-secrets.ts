import type { ErrorCode } from '../contracts/error-codes';
import type { SecretsCustody } from '../contracts/secrets-custody';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { SecretVault } from '../ports/secret-vault';
import { capturedAtOf, confirm, confirmedAtOf, describeContent, runOf, tagsMatch, type Way } from './content-tags';
import { readContent, writeContent, type KeptContent } from './kept-content';
import { systemSecretsName } from './secret-name';
import { readSystemSecrets } from './system-secrets-content';

export interface SystemSecretsDeps {
  readonly vault: SecretVault;
  readonly clock: Clock;
  readonly stampName: string;
}

export interface SystemSecretsFile {
  readonly content: Uint8Array;
  /** For messages: the path, or where else it came from. */
  readonly source: string;
  /** Of the run, or of whatever else this call is part of. */
  readonly runId: string;
  /** How it came: dropped where runs look for it, unless told. */
  readonly way?: Way;
  /** When it was last written, for one that merely lies there. */
  readonly modifiedAt?: Date;
}

export interface SystemSecretsStore {
  /**
   * Adds a version when the content differs from the newest one, then reads that version back. The same content handed over
   * by somebody is noted as confirmed, so that its age counts from now; one that merely lies there is not. Throws
   * `secrets.invalid`, `secrets.too-large`, `secrets.old-drop` (written before what was stored since, and different), `vault.mismatch` and what the vault throws.
   */
  store(file: SystemSecretsFile): Promise<SecretsCustody>;
  /** The newest version, or undefined when nothing was ever stored. Throws `vault.mismatch` when it was tampered with. */
  current(runId?: string): Promise<SecretsCustody | undefined>;
}

/** Blobs have the time of their last change in whole seconds, some file systems in two. */
const coarsestMs = 2_000;

/** What must not keep a good content from being stored over it. */
const replaceable: readonly ErrorCode[] = ['vault.not-found', 'vault.disabled', 'vault.mismatch'];

/** SystemSecrets.JSON as versions of a vault secret. */
export function createSystemSecretsStore({ vault, clock, stampName }: SystemSecretsDeps): SystemSecretsStore {
  const name = systemSecretsName(stampName);

  function custodyOf({ text, head, parts }: KeptContent, runId: string | undefined): SecretsCustody {
    const confirmedAt = confirmedAtOf(head);
    return {
      vault: vault.location,
      name,
      version: head.version,
      ...(parts.length === 0 ? {} : { parts: [...parts] }),
      capturedAt: capturedAtOf(head),
      ...(confirmedAt === undefined ? {} : { confirmedAt }),
      // By tag, so that the same call made twice gives the same answer.
      stored: runId !== undefined && runOf(head) === runId,
      size: Buffer.byteLength(text),
    };
  }

  async function newestUnless(codes: readonly ErrorCode[]): Promise<KeptContent | undefined> {
    try {
      return await readContent(vault, name);
    } catch (error) {
      if (codes.includes(codeOf(error))) return undefined;
      throw error;
    }
  }

  async function addVersion(text: string, { runId, way = 'drop-file' }: SystemSecretsFile): Promise<KeptContent> {
    const capturedAt = clock.now().toISOString();
    const { version } = await writeContent(vault, { name, text }, (parts) =>
      describeContent(text, { runId, capturedAt, way, parts }),
    );
    const readBack = await readContent(vault, name, version);
    if (readBack.text !== text) throw mismatch(`Version ${version} of ${name} does not read back as it was written.`);
    return readBack;
  }

  async function confirmed(content: KeptContent): Promise<KeptContent> {
    const { head } = content;
    const tags = confirm(head, clock.now().toISOString());
    await vault.tag(name, head.version, tags);
    return { ...content, head: { ...head, tags } };
  }

  return {
    async store(file) {
      const text = readSystemSecrets(file.content, file.source);
      const existing = await newestUnless(replaceable);
      const isSame = existing?.text === text && tagsMatch(existing.head, text) === true;
      if (!isSame && existing !== undefined) refuseOlder(file, existing);
      if (!isSame) return custodyOf(await addVersion(text, file), file.runId);
      const isHandedOver = file.way !== undefined && file.way !== 'drop-file';
      return custodyOf(isHandedOver ? await confirmed(existing) : existing, file.runId);
    },
    async current(runId) {
      const content = await newestUnless(['vault.not-found']);
      if (content === undefined) return undefined;
      const { head, text } = content;
      if (tagsMatch(head, text) === undefined) readSystemSecrets(Buffer.from(text), `The secret ${name} in the vault`);
      return custodyOf(content, runId);
    },
  };
}

/** A file that was forgotten where runs look must not undo what somebody handed over after it. */
function refuseOlder({ source, modifiedAt }: SystemSecretsFile, { head }: KeptContent): void {
  const since = confirmedAtOf(head) ?? capturedAtOf(head);
  if (modifiedAt === undefined || modifiedAt.getTime() + coarsestMs >= Date.parse(since)) return;
  throw new HubkeepError('secrets.old-drop', `${source} was written before what was stored at ${since}, and differs from it.`, {
    hint: 'Delete it; if it is the right one all the same, hand it over: hubkeep secrets put FILE.',
  });
}

function mismatch(message: string): HubkeepError {
  return new HubkeepError('vault.mismatch', message, {
    hint: 'Store SystemSecrets.JSON again, and find out in the log of the vault who changed it.',
  });
}
