import { Cron } from 'croner';
import * as z from 'zod';

/** How a setting's text is read. Messages say what is wrong with it and what to write instead, never the text itself. */
export type SettingType<T> = z.ZodType<T, string>;

export const text: SettingType<string> = z.string();

export const flag: SettingType<boolean> = z.stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' });

export function wholeNumber(least: number, most: number): SettingType<number> {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.string().regex(/^\d+$/, error).transform(Number).pipe(z.number().min(least, error).max(most, error));
}

const positive = 'must be a number greater than 0, such as 25 or 0.5';

export const positiveNumber: SettingType<number> = z
  .string()
  .regex(/^\d+(\.\d+)?$/, positive)
  .transform(Number)
  .pipe(z.number().positive(positive));

export function pattern(expression: RegExp, error: string): SettingType<string> {
  return z.string().regex(expression, error);
}

/** A comma list of at least one item; spaces around items do not count. */
export function listOf<T>(item: z.ZodType<T, string>): SettingType<readonly T[]> {
  return z
    .string()
    .transform((written) => written.split(',').flatMap((part) => part.trim() || []))
    .pipe(z.array(item).min(1, 'must name at least one, separated by commas'));
}

/** An absolute path as some machine writes it: `/mnt/x`, `D:\x`, `\\server\share`. Not checked against a disk. */
export const absolutePath = pattern(/^(\/|[A-Za-z]:[\\/]|\\\\[^\\])/, 'must be an absolute path: /mnt/x, D:\\x or \\\\server\\x');

/** The same for the share, which may be read in another way. */
export const sharePath: SettingType<string> = absolutePath.refine(
  (written) => !/^smb:/i.test(written),
  'must be a path; an smb:// URL goes into FILE_SHARE_SMB_URL',
);

/** Where a file is left to be picked up. */
export type DropPlace = { readonly path: string } | { readonly container: string; readonly blob: string };

const blobPrefix = 'blob:';
const dropContainer = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;
// Braces and percent signs mean something else in the path of a Functions trigger, and a URL takes . and .. for steps.
const dropBlobPart = /^[^\\{}%\p{Cc}]*[^\\{}%\p{Cc}.]$/u;
const longestBlobName = 1024;

/** A path as above, or a blob of the storage account. */
export const dropPlace: SettingType<DropPlace> = z.string().transform((written, context) => {
  if (!written.startsWith(blobPrefix)) {
    if (absolutePath.safeParse(written).success) return { path: written };
    return refuse(context, 'must be an absolute path (/mnt/x, D:\\x or \\\\server\\x) or a blob (blob:CONTAINER/NAME)');
  }
  const [container = '', ...rest] = written.slice(blobPrefix.length).split('/');
  const blob = rest.join('/');
  if (!dropContainer.test(container)) {
    return refuse(
      context,
      'must be blob:CONTAINER/NAME with a container of 3 to 63 lower-case letters, digits and single hyphens',
    );
  }
  if (blob.length > longestBlobName || !rest.every((part) => dropBlobPart.test(part)) || rest.length === 0) {
    return refuse(
      context,
      'must be blob:CONTAINER/NAME with a name of at most 1,024 characters that has no empty part, no part that ends in a dot and none of \\ { } %',
    );
  }
  return { container, blob };
});

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function isLoopback(hostname: string): boolean {
  return loopback.test(hostname);
}

/** An https URL without credentials; plain http is for this very machine only. */
export const secureUrl: SettingType<string> = z.string().superRefine((written, context) => {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const report = (message: string) => context.addIssue({ code: 'custom', message });
  if (url === undefined || !/^https?:$/.test(url.protocol)) report('must be a URL that starts with https://');
  else if (url.protocol === 'http:' && !isLoopback(url.hostname)) report('must start with https://');
  else if (url.username !== '' || url.password !== '') report('must not hold a user or password');
});

/** The URL of one service, without a path of its own unless it is on this machine (emulators) and without its last slash. */
export const serviceUrl: SettingType<string> = secureUrl
  .superRefine((written, context) => {
    if (!URL.canParse(written)) return;
    const url = new URL(written);
    const report = (message: string) => context.addIssue({ code: 'custom', message });
    if (url.search !== '' || url.hash !== '') report('must end before its ?: a signature has a setting of its own');
    if (url.pathname !== '/' && !isLoopback(url.hostname)) report('must name the service alone, without a path');
  })
  .transform((written) => written.replace(/\/+$/, ''));

/** What the Azure Resource Manager of a stamp is called, for its users or for its operators, before the stamp's own domain. */
export const armHost = /^(?:admin)?management\.(.+\..+)$/;

const publicArm = /^management\.(azure\.com|chinacloudapi\.cn|usgovcloudapi\.net)$/;

export const armEndpoint: SettingType<string> = serviceUrl.refine((written) => {
  const { hostname } = new URL(written);
  return (armHost.test(hostname) && !publicArm.test(hostname)) || isLoopback(hostname);
}, 'must be https://management.REGION.FQDN, or https://adminmanagement.REGION.FQDN for the admin subscription');

/** Earlier ones take blocks of 4 MiB, and tell less; every stamp that App Service still runs on knows this one. */
const oldestStorageVersion = '2017-11-09';

export const storageVersion: SettingType<string> = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2019-07-07')
  .refine((version) => version >= oldestStorageVersion, `must be ${oldestStorageVersion} or later`);

/** A directory of a share on a file server. */
export interface SmbPlace {
  readonly host: string;
  /** 445 when undefined. */
  readonly port?: number;
  readonly share: string;
  /** Below the share, with `/` between names; empty for all of it. */
  readonly directory: string;
}

const smbWritten = /^smb:\/\/([^/@:?#\s[\]]+|\[[\da-fA-F:.%]+\])(?::(\d{1,5}))?\/([^/?#]+)((?:\/[^/?#]+)*)\/*$/i;

/** `smb://host[:port]/share[/path]`; special characters of names are written as in every URL. */
export const smbUrl: z.ZodType<SmbPlace, string> = z.string().transform((written, context) => {
  const [, host, port, share, directory] = smbWritten.exec(written) ?? [];
  if (/^smb:\/\/[^/]*@/i.test(written))
    return refuse(context, 'must not hold a user or password: these have settings of their own');
  if (host === undefined || share === undefined || directory === undefined)
    return refuse(context, 'must be smb://host/share or smb://host:port/share/path');
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    return refuse(context, 'must have a port from 1 to 65535');
  try {
    const [top = '', ...names] = [share, ...directory.split('/').filter(Boolean)].map((name) => decodeURIComponent(name));
    if ([top, ...names].some((name) => /^\.\.?$|[\\/\p{Cc}]/u.test(name)))
      return refuse(context, 'must not hold . or .. or backslashes in its path');
    const place = { host: host.replace(/^\[|\]$/g, ''), share: top, directory: names.join('/') };
    return port === undefined ? place : { ...place, port: Number(port) };
  } catch {
    return refuse(context, 'must have its % written as %25');
  }
});

/** A path of this machine, or a directory of a file server. */
export const pathOrSmbUrl: z.ZodType<string | SmbPlace, string> = z.string().transform((written, context) => {
  const answer = /^smb:/i.test(written) ? smbUrl.safeParse(written) : absolutePath.safeParse(written);
  if (answer.success) return answer.data;
  const [issue] = answer.error.issues;
  return refuse(context, `${issue?.message ?? 'cannot be read'}${/^smb:/i.test(written) ? '' : ', or smb://host/share'}`);
});

/** NCRONTAB, the six fields that Azure Functions reads, seconds first. */
export const schedule: SettingType<string> = z.string().superRefine((written, context) => {
  const problem = scheduleProblem(written);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** NCRONTAB lacks what other cron readers add, such as L, # and ?. */
const cronField = /^(?:[\d*,/-]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)+$/i;

/** The same, or `off`. */
export const scheduleOrOff: SettingType<string> = z.string().superRefine((written, context) => {
  const problem = written === 'off' ? undefined : scheduleProblem(written);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `${problem}, or off` });
});

function scheduleProblem(written: string): string | undefined {
  const fields = written.split(/\s+/);
  const example = 'as in "0 0 2 * * *" for two o\'clock every night (UTC)';
  if (fields.length !== 6) return `has ${fields.length} fields: write six, seconds first, ${example}`;
  if (!fields.every((field) => cronField.test(field))) return `may hold numbers, names and * , - / only, ${example}`;
  try {
    // An offset, for which Node need not load the time zones.
    const next = new Cron(written, { mode: '6-part', utcOffset: 0, paused: true }).nextRun();
    return next === null ? 'never comes: check its day and month' : undefined;
  } catch {
    return `is not a schedule: write seconds, minutes, hours, days, months, weekdays, ${example}`;
  }
}
