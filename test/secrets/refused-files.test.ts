import { mkdirSync } from 'node:fs';
import { canary, contentOf, eachWithKeepStage, type KeepStage } from './keep-stage';

let stage: KeepStage;
eachWithKeepStage((opened) => {
  stage = opened;
});

describe('a file that cannot be SystemSecrets.JSON', () => {
  const utf16 = Buffer.from(`\uFEFF${contentOf('utf-16')}`, 'utf16le');

  it.each([
    ['UTF-16', utf16, /is UTF-16/],
    ['UTF-16 without a mark', utf16.subarray(2), /is UTF-16/],
    ['UTF-16, big-endian', Buffer.from(utf16).swap16(), /is UTF-16/],
    ['not UTF-8', Buffer.concat([Buffer.from(contentOf('x')), Buffer.of(0xc3, 0x28)]), /is not UTF-8/],
    ['cut off', Buffer.from(contentOf('cut')).subarray(0, -6), /is not valid JSON/],
    ['a short word', Buffer.from('CANARY'), /is not valid JSON/],
    ['a web page', Buffer.from(`<html>${canary}</html>`), /is a web page/],
    ['a list', Buffer.from(`["${canary}"]`), /not an object/],
    ['a string', Buffer.from(`"${canary}"`), /not an object/],
    ['an empty object', Buffer.from('\uFEFF{}'), /is an empty JSON object/],
    ['empty', Buffer.from(''), /is empty/],
    ['blank', Buffer.from(' \r\n'), /is empty/],
  ])('is refused with the reason and without a word of it: %s', async (_kind, content, reason) => {
    stage.drop(content);
    const problem = await stage.problemOf('run-1');

    expect(problem.code).toBe('secrets.invalid');
    expect(problem.message).toMatch(reason);
    expect(problem.causes).toBeUndefined();
    expect(stage.server.operations).not.toContain('set');
  });

  it('is refused when it is a directory', async () => {
    mkdirSync(stage.dropPath);
    const problem = await stage.problemOf('run-1');

    expect(problem.code).toBe('secrets.unreadable');
    expect(problem.message).toContain('SYSTEM_SECRETS_PATH');
  });
});
