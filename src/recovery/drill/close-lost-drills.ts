import type { Drills } from './drills';

/** No drill takes longer. */
const lostAfterMs = 24 * 60 * 60_000;

/** Drills whose process ended before they did: nobody else will say so. */
export async function closeLostDrills(drills: Drills, now: Date): Promise<void> {
  for await (const drill of drills.newestFirst()) {
    const isLost = drill.status === 'running' && now.getTime() - Date.parse(drill.startedAt) > lostAfterMs;
    if (!isLost) continue;
    const problem = { code: 'internal' as const, message: 'the process that carried it out ended before it did' };
    await drills.write({ ...drill, status: 'incomplete', endedAt: now.toISOString(), problems: [...drill.problems, problem] });
    await drills.tidy(drill.id);
  }
}
