/**
 * What the blob service of Azure Stack Hub takes: versions, operations, headers and sizes, as Microsoft's page on its
 * differences from Azure and reports of its users tell.
 *
 * Which of them one stamp knows depends on its build. The codes of refusals are known for the version alone; the others
 * are those that Azure has for the like.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface StorageRequest {
  readonly method: string;
  /** As it was sent: `/account/container/blob?query`. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** More elements of the answer, such as the name of a header. */
  readonly details?: Readonly<Record<string, string>>;
}

/** All that a stamp is known to take; 2019-12-12 is refused. */
export const storageVersions: readonly string[] = [
  ...['2015-04-05', '2015-07-08', '2015-12-11', '2016-05-31', '2017-04-17', '2017-07-29'],
  ...['2017-11-09', '2018-03-28', '2018-11-09', '2019-02-02', '2019-07-07'],
];

const mebibyte = 1024 * 1024;
const largestPut = 256 * mebibyte;
const largestBlock = 100 * mebibyte;
const longestName = 880;

const operations = /^(|list|metadata|properties|acl|stats|block|blocklist|lease|snapshot|copy|page|pagelist|appendblock)$/;
const listed = /^(snapshots|metadata|uncommittedblobs|copy|deleted)$/;
const headers = new RegExp(
  `^x-ms-(${[
    'version|date|client-request-id|return-client-request-id|meta-.+',
    'blob-(type|content-(type|encoding|language|md5|disposition|length)|cache-control|public-access|sequence-number)',
    'range|range-get-content-md5|delete-snapshots|copy-source|copy-action|source-(if|lease).*',
    'lease-(id|action|duration|break-period)|proposed-lease-id',
  ].join('|')})$`,
);

/** @returns why a stamp would not take a request, or nothing when it would. */
export function refusalOf({ method, url, headers: sent }: StorageRequest): Refusal | undefined {
  const { pathname, searchParams: query } = new URL(url, 'http://stamp');
  return (
    refuseVersion(sent) ??
    refuseLogin(sent, query) ??
    refuseHeader(sent) ??
    refuseQuery(query) ??
    (method === 'PUT' ? refuseSize({ sent, query, pathname }) : undefined)
  );
}

function refuseVersion(sent: IncomingHttpHeaders): Refusal | undefined {
  const version = sent['x-ms-version'];
  if (typeof version !== 'string' || storageVersions.includes(version)) return undefined;
  return {
    ...{ status: 400, code: 'InvalidHeaderValue' },
    message: 'The value for one of the HTTP headers is not in the correct format.',
    details: { HeaderName: 'x-ms-version', HeaderValue: version },
  };
}

function refuseLogin({ authorization = '' }: IncomingHttpHeaders, query: URLSearchParams): Refusal | undefined {
  const signedFor = query.get('sv');
  if (!/^Bearer /i.test(authorization) && (signedFor === null || storageVersions.includes(signedFor))) return undefined;
  const message =
    'Server failed to authenticate the request. Make sure the value of the Authorization header is formed correctly.';
  return { status: 403, code: 'AuthenticationFailed', message };
}

function refuseHeader(sent: IncomingHttpHeaders): Refusal | undefined {
  const unknown = Object.keys(sent).find((name) => name.startsWith('x-ms-') && !headers.test(name));
  if (unknown === undefined) return undefined;
  const message = 'One of the HTTP headers specified in the request is not supported.';
  return { status: 400, code: 'UnsupportedHeader', message, details: { HeaderName: unknown } };
}

function refuseQuery(query: URLSearchParams): Refusal | undefined {
  const message = 'One of the query parameters specified in the request URI is not supported.';
  const refuse = (name: string) => ({
    status: 400,
    code: 'UnsupportedQueryParameter',
    message,
    details: { QueryParameterName: name },
  });
  if (!operations.test(query.get('comp') ?? '')) return refuse('comp');
  if (query.has('versionid')) return refuse('versionid');
  const include = (query.get('include') ?? '').split(',').filter(Boolean);
  return include.every((what) => listed.test(what)) ? undefined : refuse('include');
}

interface Put {
  readonly sent: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly pathname: string;
}

function refuseSize({ sent, query, pathname }: Put): Refusal | undefined {
  const [, , , ...name] = pathname.split('/');
  if (decodeURIComponent(name.join('/')).length > longestName) {
    return { status: 400, code: 'InvalidResourceName', message: 'The specified resource name contains invalid characters.' };
  }
  const most = { '': largestPut, block: largestBlock }[query.get('comp') ?? ''];
  if (most === undefined || Number(sent['content-length'] ?? 0) <= most) return undefined;
  const message = 'The request body is too large and exceeds the maximum permissible limit.';
  return { status: 413, code: 'RequestBodyTooLarge', message, details: { MaxLimit: String(most) } };
}

const unknownHeaders =
  /^x-ms-(version-id|is-current-version|access-tier.*|tag-count|.*encrypt.*|immutability.*|legal-hold|last-access-time|content-crc64|has-.*|.*immutable.*|default-encryption.*|deny-encryption.*)$/;
const unknownElements =
  /<(AccessTier|AccessTierInferred|AccessTierChangeTime|ServerEncrypted|VersionId|IsCurrentVersion|TagCount|LegalHold|HasImmutabilityPolicy|HasLegalHold|DefaultEncryptionScope|DenyEncryptionScopeOverride|ImmutableStorageWithVersioningEnabled)>[^<]*<\/\1>/g;

/** Whether an answer of today's Azure holds a header that a stamp would not send. */
export function isUnknownHeader(name: string): boolean {
  return unknownHeaders.test(name.toLowerCase());
}

/** A list of blobs or containers without what a stamp does not tell. */
export function withoutUnknownElements(list: string): string {
  return list.replace(unknownElements, '');
}
