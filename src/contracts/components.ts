import * as z from 'zod';

/** The three parts of a stamp that a recovery point ties together. */
export const components = ['databases', 'fileshare', 'secrets'] as const;
export type Component = (typeof components)[number];
export const componentSchema = z.enum(components);
