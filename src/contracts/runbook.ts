import * as z from 'zod';

export const runbookFormats = ['md', 'html', 'json'] as const;
export type RunbookFormat = (typeof runbookFormats)[number];

/** Prose in pieces: our own words as they are, and values, which come from elsewhere and are never taken for markup. */
const textSchema = z.array(z.union([z.string(), z.object({ value: z.string() })]));
export type Text = z.infer<typeof textSchema>;

/** Where a command is run. */
export const commandPlaces = ['recovery-host', 'sql-server', 'file-server', 'controller'] as const;
export type CommandPlace = (typeof commandPlaces)[number];

export const placeNames: Readonly<Record<CommandPlace, string>> = {
  'recovery-host': 'Recovery host',
  'sql-server': 'SQL Server host',
  'file-server': 'File server',
  controller: 'Controller',
};

/** Two ways to the same end. */
export const wayNames = { 'with-hubkeep': 'with Hubkeep', 'without-hubkeep': 'without Hubkeep' } as const;

/** What reads a command: values in it are quoted for that and for nothing else. */
export const commandShells = ['bash', 'powershell', 'tsql'] as const;
export type CommandShell = (typeof commandShells)[number];

const commandSchema = z.object({
  type: z.literal('command'),
  /** Unique in the document. */
  id: z.string(),
  shell: z.enum(commandShells),
  where: z.enum(commandPlaces),
  /** Programs that are not there of themselves. */
  needs: z.array(z.string()),
  /** The file it is saved as, where a later command reads it. */
  saveAs: z.string().optional(),
  text: z.string(),
});
export type RunbookCommand = z.infer<typeof commandSchema>;

const itemSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('note'), text: textSchema }),
  z.object({ type: z.literal('warning'), text: textSchema }),
  /** Something to do or see by hand, and to tick off. */
  z.object({ type: z.literal('check'), text: textSchema }),
  /** What a program asks, and what to answer. */
  z.object({ type: z.literal('prompt'), asks: textSchema, answer: textSchema }),
  commandSchema,
  z.object({ type: z.literal('file'), name: z.string(), language: z.string(), text: z.string() }),
  z.object({ type: z.literal('table'), columns: z.array(z.string()), rows: z.array(z.array(textSchema)) }),
]);
export type RunbookItem = z.infer<typeof itemSchema>;

const stepSchema = z.object({
  title: textSchema,
  way: z.enum(Object.keys(wayNames) as (keyof typeof wayNames)[]).optional(),
  items: z.array(itemSchema),
});
export type RunbookStep = z.infer<typeof stepSchema>;

const sectionSchema = z.object({ id: z.string(), title: z.string(), steps: z.array(stepSchema) });
export type RunbookSection = z.infer<typeof sectionSchema>;

const factSchema = z.object({ name: z.string(), text: textSchema });
export type RunbookFact = z.infer<typeof factSchema>;

const noticeSchema = z.object({ code: z.string(), text: textSchema });
export type RunbookNotice = z.infer<typeof noticeSchema>;

/** Instructions for people: the recovery of one point, or the break-glass sheet. Never holds a password or secret. */
export const runbookSchema = z.object({
  kind: z.enum(['runbook', 'kit']),
  format: z.literal(1),
  title: z.string(),
  stamp: z.string(),
  /** The point it is about; absent in a kit. */
  recoveryPoint: z.string().optional(),
  hubkeepVersion: z.string(),
  facts: z.array(factSchema),
  warnings: z.array(noticeSchema),
  sections: z.array(sectionSchema),
});
export type Runbook = z.infer<typeof runbookSchema>;
