// SPNEGO around the tokens of NTLM (RFC 4178 4.2, MS-SPNG 2.2.1), as much DER as that takes.
import { createReader, malformed } from './reader';

const tag = { application: 0x60, sequence: 0x30, oid: 0x06, octets: 0x04, enumerated: 0x0a, context: 0xa0 } as const;
const spnegoOid = Buffer.from('2b0601050502', 'hex');
const ntlmOid = Buffer.from('2b06010401823702020a', 'hex');
const what = 'sign-in token';

/** What the mechListMIC is over: the list of mechanisms as it was offered. */
export const mechanismList = der(tag.sequence, der(tag.oid, ntlmOid));

export interface Answer {
  /** accept-completed 0, accept-incomplete 1, reject 2, request-mic 3. */
  readonly state: number | undefined;
  readonly token: Buffer | undefined;
  readonly mechanismListMic: Buffer | undefined;
}

/** NegTokenInit: NTLM is the only mechanism offered, and its first token goes along. */
export function encodeFirstToken(token: Buffer): Buffer {
  const init = der(tag.sequence, der(tag.context, mechanismList), der(tag.context | 2, der(tag.octets, token)));
  return der(tag.application, der(tag.oid, spnegoOid), der(tag.context, init));
}

/** NegTokenResp. */
export function encodeNextToken(token: Buffer, mechanismListMic: Buffer): Buffer {
  const parts = [der(tag.context | 2, der(tag.octets, token)), der(tag.context | 3, der(tag.octets, mechanismListMic))];
  return der(tag.context | 1, der(tag.sequence, ...parts));
}

export function parseAnswer(token: Buffer): Answer {
  const fields = elementsOf(expect(expect(token, tag.context | 1), tag.sequence));
  const field = (number: number, inner: number) => {
    const found = fields.find((element) => element.tag === (tag.context | number));
    return found && expect(found.content, inner);
  };
  return {
    state: field(0, tag.enumerated)?.[0],
    token: field(2, tag.octets),
    mechanismListMic: field(3, tag.octets),
  };
}

/** Whether a server that says how one may sign in (NegTokenInit2) leaves NTLM out. */
export function excludesNtlm(token: Buffer): boolean {
  if (token.length === 0) return false;
  const [, init] = elementsOf(expect(token, tag.application));
  if (init?.tag !== tag.context) throw malformed(what, 'it names no mechanisms');
  const list = elementsOf(expect(init.content, tag.sequence)).find((element) => element.tag === tag.context);
  if (list === undefined) return false;
  return !elementsOf(expect(list.content, tag.sequence)).some((element) => element.content.equals(ntlmOid));
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

function expect(bytes: Buffer, wanted: number): Buffer {
  const [first] = elementsOf(bytes);
  if (first?.tag !== wanted) throw malformed(what, `no element 0x${wanted.toString(16)}`);
  return first.content;
}

function elementsOf(bytes: Buffer): Element[] {
  const reader = createReader(bytes, what);
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = reader.u8(at + 1);
    const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
    // A frame is shorter than 2^24, and lengths without end are not DER.
    if (lengthBytes > 3 || short === 0x80) throw malformed(what, 'a length that is none');
    const length = lengthBytes === 0 ? short : reader.bytes(at + 2, lengthBytes).readUIntBE(0, lengthBytes);
    const from = at + 2 + lengthBytes;
    elements.push({ tag: reader.u8(at), content: reader.bytes(from, length) });
    at = from + length;
  }
  return elements;
}

function der(type: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type]), derLength(content.length), content]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}
