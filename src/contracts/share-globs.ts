/**
 * How a glob over share paths is read: `/` between names on every platform, names that begin with a dot match like any other,
 * upper and lower case differ, and what cannot be read is an error and not a glob that matches nothing.
 */
export const shareGlobs = { dot: true, windows: false, strictBrackets: true, debug: true, flags: 's' } as const;
