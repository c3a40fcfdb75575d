import * as z from 'zod';
import type { ActivityMap } from '../contracts/activities';
import { blobProblemSchema } from '../contracts/verification';
import { asOutcome } from '../errors/to-problem';
import type { BlobStore } from '../ports/blob-store';
import type { ReadSoFar, Verifier } from '../recovery/verify/verify';
import { readJson, readJsonIfPresent, writeJson } from '../repository/json-blob';
import { layout } from '../repository/layout';

type VerifyBox = ActivityMap['verify-box'];

const boxSchema = z.object({
  problems: z.array(blobProblemSchema),
  bytesRead: z.number(),
  isLast: z.boolean(),
  isNoted: z.boolean(),
});

export function createVerifyBox({ store, verifier }: { readonly store: BlobStore; readonly verifier: Verifier }) {
  return ({ request, recoveryPoint, box }: VerifyBox['input']): Promise<VerifyBox['output']> =>
    asOutcome(async () => {
      const { drillId, share, startedAt: since } = request;
      const key = layout.drillBox(drillId, box);
      const earlier = await readJsonIfPresent(store, key, boxSchema);
      if (earlier !== undefined) return { isLast: earlier.isLast };
      const read = await readBoxes(store, drillId, box);
      const found = await verifier.box({ target: recoveryPoint, share, since }, read);
      await writeJson(store, key, found);
      return { isLast: found.isLast };
    });
}

/** What the first boxes of a drill found, together. */
export async function readBoxes(store: BlobStore, drillId: string, boxes: number): Promise<ReadSoFar> {
  let read: ReadSoFar = { problems: [], bytesRead: 0, isNoted: true };
  for (let box = 0; box < boxes; box++) {
    const { problems, bytesRead, isNoted } = await readJson(store, layout.drillBox(drillId, box), boxSchema);
    read = {
      problems: [...read.problems, ...problems],
      bytesRead: read.bytesRead + bytesRead,
      isNoted: read.isNoted && isNoted,
    };
  }
  return read;
}
