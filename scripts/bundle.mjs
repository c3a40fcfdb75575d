// How sources become one file: the same for what `npm run build` leaves in a checkout and for what `npm run package` ships.
import { build } from 'esbuild';

export const root = new URL('..', import.meta.url).pathname;

/** Loaded by few configurations, and only when first needed: they stay out of the file that is loaded at the start. */
export const lateSdks = ['@azure/identity', '@azure/keyvault-secrets', 'mssql'];

/** The storage SDK asks for the one when told to list in a format that Hubkeep never asks for; loggers do without the other, which only development packages bring. */
const neverLoaded = ['apache-arrow', 'supports-color'];

/** @returns esbuild's result, with its account of what went in. */
export function bundle({ external = [], ...options }) {
  return build({
    ...{ absWorkingDir: root, metafile: true, external: [...neverLoaded, ...external] },
    ...{ bundle: true, platform: 'node', target: 'node24', format: 'cjs', sourcesContent: false },
    // Names stay: they are what a stack trace is read by.
    ...{ minifyWhitespace: true, minifySyntax: true, legalComments: 'none', logLevel: 'warning' },
    // The storage SDK asks of each request whether its body is a form, for which Node would load its whole fetch.
    define: { FormData: 'undefined' },
    ...options,
  });
}
