/**
 * What a restore may do to a file that is in its target already and is not the one of the recovery point: nothing, replace
 * it where it is older, or replace it whatever it is. Size and time tell whether it is the one.
 */
export const overwriteModes = ['never', 'older', 'always'] as const;
export type Overwrite = (typeof overwriteModes)[number];
