import { readdirSync, readFileSync } from 'node:fs';

export interface Canary {
  /** What it is, for a failing test to say without giving it away. */
  readonly name: string;
  readonly text: string;
}

/** Every text in a JSON document that is long enough to be a secret, by where it stands. */
export function canariesIn(document: unknown, name: string): Canary[] {
  if (typeof document === 'string')
    return document.length < 16 || /^\d{4}-\d\d-\d\dT/.test(document) ? [] : [{ name, text: document }];
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([key, value]) => canariesIn(value, `${name}.${key}`));
}

/** Names of the canaries that bytes hold, as they are or in a coat that programs like to put on text. */
export function heardIn(content: Buffer, canaries: readonly Canary[]): string[] {
  return canaries.flatMap(({ name, text }) =>
    coatsOf(text).flatMap(([coat, bytes]) => (content.includes(bytes) ? [`${name} as ${coat}`] : [])),
  );
}

function coatsOf(text: string): [string, Buffer][] {
  const bytes = Buffer.from(text);
  const inTheMiddle = (shift: number) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4);
  return [
    ['text', bytes],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['a part of a URL', Buffer.from(encodeURIComponent(text))],
    ...[0, 1, 2].map((shift): [string, Buffer] => ['base64', Buffer.from(inTheMiddle(shift))]),
  ];
}

/** Every file below a directory that is not left out, with what is heard in it. */
export function heardBelow(
  root: string,
  { canaries, except = [] }: { canaries: readonly Canary[]; except?: readonly string[] },
): string[] {
  const hear = (directory: Buffer): string[] =>
    readdirSync(directory, { withFileTypes: true, encoding: 'buffer' }).flatMap((entry) => {
      const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
      if (except.includes(path.toString())) return [];
      if (entry.isDirectory()) return hear(path);
      return entry.isFile() ? heardIn(readFileSync(path), canaries).map((name) => `${path.toString()}: ${name}`) : [];
    });
  return hear(Buffer.from(root));
}
