import { translateStoreError } from '../../../src/adapters/azure-blob/translate-error';
import { HubkeepError } from '../../../src/errors/hubkeep-error';

const action = { doing: 'write a/b', location: 'https://backups.blob.core.windows.net/hubkeep' };

function failure(message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), fields);
}

const cases: readonly (readonly [string, Error, object])[] = [
  [
    'an untrusted certificate',
    failure('self-signed certificate', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
    { code: 'store.unavailable', retryable: false, hint: expect.stringContaining('EXTRA_CA_FILE') },
  ],
  [
    'a host unknown to DNS',
    failure('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }),
    { code: 'store.unavailable', retryable: true },
  ],
  ['a request that took too long', failure('aborted', { name: 'AbortError' }), { code: 'store.unavailable', retryable: true }],
  ['throttling', failure('busy', { statusCode: 503, code: 'ServerBusy' }), { code: 'store.unavailable', retryable: true }],
  [
    'a container being deleted',
    failure('gone', { statusCode: 409, code: 'ContainerBeingDeleted' }),
    { code: 'store.unavailable', retryable: true },
  ],
  [
    'an immutable blob',
    failure('no', { statusCode: 409, code: 'BlobImmutableDueToPolicy' }),
    { code: 'store.unauthorized', retryable: false },
  ],
  [
    'no identity',
    failure('none', { name: 'CredentialUnavailableError' }),
    { code: 'store.unauthorized', hint: expect.stringContaining('BACKUP_STORAGE_SAS') },
  ],
  [
    'an identity service out of reach',
    failure('getaddrinfo ENOTFOUND login', { name: 'AuthenticationError', statusCode: 0 }),
    { code: 'store.unauthorized', retryable: true },
  ],
  [
    'a bad header of another name',
    failure('bad', {
      statusCode: 400,
      code: 'InvalidHeaderValue',
      response: { bodyAsText: '<HeaderName>x-ms-tags</HeaderName>' },
    }),
    { code: 'internal' },
  ],
  ['a mistake of ours', new TypeError('x is not a function'), { code: 'internal', retryable: false }],
];

test.each(cases)('%s', (_, error, expected) => {
  const translated = translateStoreError(error, action);
  expect(translated).toMatchObject({ ...expected, cause: error });
  expect(translated.message).toMatch(/^Cannot write a\/b in https:\/\/backups\.blob\.core\.windows\.net\/hubkeep: /);
});

test('an error of ours stays itself', () => {
  const own = new HubkeepError('config.invalid', 'no');
  expect(translateStoreError(own, action)).toBe(own);
});

test('only the first line of a message is kept, and no signature of a URL in it', () => {
  const error = failure('failed for https://x/?sv=1&sig=topsecret\nRequestId:1', { statusCode: 500, code: 'InternalError' });
  const { message } = translateStoreError(error, action);
  expect(message).not.toContain('RequestId');
  expect(message).not.toContain('topsecret');
});
