import { createSecretKey } from 'node:crypto';
import { createAesCmac } from '../../../src/adapters/smb/aes-cmac';
import { deriveKeys } from '../../../src/adapters/smb/key-derivation';
import { md4 } from '../../../src/adapters/smb/md4';
import { parseNegotiate } from '../../../src/adapters/smb/negotiate';
import { parseChallenge } from '../../../src/adapters/smb/ntlm';
import { createIntegrity, ntlmv2Response, responseKey } from '../../../src/adapters/smb/ntlm-keys';
import { createRc4 } from '../../../src/adapters/smb/rc4';
import { readHeader } from '../../../src/adapters/smb/header';
import { parseRead } from '../../../src/adapters/smb/read';
import { cipher, createSealer } from '../../../src/adapters/smb/sealing';
import { parseSessionSetup } from '../../../src/adapters/smb/session-setup';
import { createTranscript } from '../../../src/adapters/smb/sign-in';
import { createSigner, signing } from '../../../src/adapters/smb/signing';
import { excludesNtlm, parseAnswer } from '../../../src/adapters/smb/spnego';
import { windowsSealed, windowsSignIn } from '../../support/smb/published-vectors';

const hex = (text: string) => Buffer.from(text, 'hex');

test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['message digest', 'd9130a8164549fe818874806e1c7014b'],
  ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
])('MD4 of %j is as in RFC 1320', (text, digest) => {
  expect(md4(Buffer.from(text)).toString('hex')).toBe(digest);
});

test.each([
  ['0102030405', 'b2396305f03dc027ccc3524a0a1118a86982944f18fc82d589c403a47a0d0919'],
  ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c'],
])('the RC4 stream of key %s is as in RFC 6229, also when taken in two', (key, stream) => {
  const rc4 = createRc4(hex(key));
  expect(Buffer.concat([rc4(Buffer.alloc(7)), rc4(Buffer.alloc(25))]).toString('hex')).toBe(stream);
});

test.each([
  [0, 'bb1d6929e95937287fa37d129b756746'],
  [16, '070a16b46b4d4144f79bdd9dd04a287c'],
  [40, 'dfa66747de9ae63030ca32611497c827'],
  [64, '51f0bebf7e3b9d92fc49741779363cfe'],
])('AES-CMAC over %i bytes is as in RFC 4493', (length, code) => {
  const message = hex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
      '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );
  const cmac = createAesCmac(createSecretKey(hex('2b7e151628aed2a6abf7158809cf4f3c')));
  expect(cmac(message.subarray(0, length)).toString('hex')).toBe(code);
});

describe('NTLMv2 as in MS-NLMP 4.2.4', () => {
  const account = { user: 'User', domain: 'Domain', password: 'Password' };
  const key = responseKey(account);
  const sessionKey = Buffer.alloc(16, 0x55);
  const answer = ntlmv2Response(key, {
    serverChallenge: hex('0123456789abcdef'),
    clientChallenge: Buffer.alloc(8, 0xaa),
    time: Buffer.alloc(8),
    targetInfo: hex('02000c0044006f006d00610069006e0001000c00530065007200760065007200' + '00000000'),
  });

  test('the response and the keys', () => {
    expect(key.toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
    expect(answer.response.subarray(0, 16).toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    expect(answer.sessionBaseKey.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
    expect(createRc4(answer.sessionBaseKey)(sessionKey).toString('hex')).toBe('c5dad2544fc9799094ce1ce90bc9d03e');
  });

  test('the signature, but that the published one comes after 18 bytes of the key stream', () => {
    const signature = createIntegrity(sessionKey).sign(Buffer.from('Plaintext', 'utf16le'));
    const stream = createRc4(hex('59f600973cc4960a25480a7c196e4c58'))(Buffer.alloc(26));
    const published = hex('7fb38ec5c55d4976');
    const checksum = Buffer.from(published.map((byte, index) => byte ^ stream[18 + index]! ^ stream[index]!));
    expect(signature.toString('hex')).toBe(`01000000${checksum.toString('hex')}00000000`);
  });

  test('an upper-case letter stays one letter', () => {
    const keyOf = (name: string) => responseKey({ ...account, user: name }).toString('hex');
    expect(keyOf('jürgen')).toBe(keyOf('JÜRGEN'));
    expect(keyOf('groß')).not.toBe(keyOf('gross'));
  });
});

test('what Windows said at SMB 3.1.1 is read, and leaves the published hashes and signing key', () => {
  const { negotiateRequest, negotiateReply, setupRequest, setupReply, secondSetupRequest } = windowsSignIn;
  const transcript = createTranscript();
  const hashes = [negotiateRequest, negotiateReply, setupRequest, setupReply, secondSetupRequest].map((message) => {
    transcript.add(message);
    return transcript.hash().toString('hex');
  });
  expect(hashes).toEqual(windowsSignIn.hashes);

  const hello = { dialects: [0x0302, 0x0311], capabilities: 0, securityMode: 1, guid: Buffer.alloc(16) };
  const negotiated = parseNegotiate(negotiateReply, hello);
  expect(negotiated).toMatchObject({ dialect: 0x0311, maxRead: 8_388_608, cipher: cipher.aes128Gcm, signing: signing.aesCmac });
  expect(excludesNtlm(negotiated.token)).toBe(false);
  expect(readHeader(setupReply)).toMatchObject({ status: 0xc0000016, command: 1, messageId: 2, sessionId: 0x100000000019n });
  const answer = parseAnswer(parseSessionSetup(setupReply).token);
  expect(answer.state).toBe(1);
  expect(parseChallenge(answer.token!).serverChallenge.toString('hex')).toBe('0d1d8ba31179d008');
  expect(parseChallenge(answer.token!).pairs.map(({ id }) => id)).toEqual([2, 1, 4, 3, 7]);

  const { sessionKey } = windowsSignIn;
  const keys = deriveKeys({ dialect: 0x0311, sessionKey, preauthHash: transcript.hash(), cipherKeySize: 16 });
  expect(keys.signing.toString('hex')).toBe(windowsSignIn.signingKey);
});

test.each(windowsSealed)('what Windows sealed at $name opens with the published keys', (vector) => {
  const keys = deriveKeys({ ...vector, cipherKeySize: 16 });
  expect(keys.toServer.toString('hex')).toBe(vector.toServer);
  expect(keys.toClient.toString('hex')).toBe(vector.toClient);
  const chosen = vector.dialect === 0x0311 ? cipher.aes128Gcm : cipher.aes128Ccm;
  const sealer = createSealer({ cipher: chosen, sessionId: vector.sessionId, ...keys });
  expect(sealer.open(vector.reply)).toEqual(vector.opened);
  const server = createSealer({ ...keys, cipher: chosen, sessionId: vector.sessionId, toClient: keys.toServer });
  expect(server.open(vector.request).toString('latin1')).toContain(vector.content);
});

test('the content of a READ that Windows answered', () => {
  expect(parseRead(windowsSealed[0].opened, 23).toString()).toBe('Smb3 encryption testing');
});

test.each(Object.entries(cipher))('%s opens what the other side sealed, and nothing that was changed', (_, chosen) => {
  const size = chosen === cipher.aes256Ccm || chosen === cipher.aes256Gcm ? 32 : 16;
  const [a, b] = [Buffer.alloc(size, 1), Buffer.alloc(size, 2)];
  const client = createSealer({ cipher: chosen, sessionId: 7n, toServer: a, toClient: b });
  const server = createSealer({ cipher: chosen, sessionId: 7n, toServer: b, toClient: a });
  const message = Buffer.alloc(1000, 'text');
  const sealed = client.seal(message);
  expect(server.open(sealed)).toEqual(message);
  expect(client.seal(message).subarray(20, 36)).not.toEqual(sealed.subarray(20, 36));
  for (const at of [5, 21, 37, 43, 45, 60, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(() => server.open(changed)).toThrow(expect.objectContaining({ kind: 'insecure' }));
  }
});

test.each(Object.entries(signing))('a message signed with %s is genuine until a bit of it changes', (_, algorithm) => {
  const signer = createSigner(algorithm, Buffer.alloc(16, 9));
  const message = Buffer.alloc(200, 3);
  message.fill(0, 48, 64);
  signer.sign(message);
  expect(signer.verify(message)).toBe(true);
  for (const at of [0, 30, 48, 63, 64, 199]) {
    const changed = Buffer.from(message);
    changed[at]! ^= 0x80;
    expect(signer.verify(changed)).toBe(false);
  }
});
