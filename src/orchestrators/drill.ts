import type { DrillInput, DrillSteps } from '../contracts/activities';
import type { Problem } from '../contracts/outcome';
import { hubkeepVersion } from '../contracts/version';
import { problemOf } from '../workflow/step-failed';
import type { Steps } from '../workflow/workflow';
import type { HubkeepWorkflow, OrchestrationOf } from './types';

/** Boxes after which the history is cut short. */
const boxesPerRound = 50;

/** One drill: what is stored is verified box by box, then parts of it are restored and compared; what came of it is marked on the point. */
export function* drill(workflow: HubkeepWorkflow, input: DrillInput): OrchestrationOf<'drill'> {
  const { request } = input;
  try {
    if (request.version !== hubkeepVersion) return yield* end(workflow, input, { problems: [superseded] });
    workflow.setStatus({ phase: 'verifying' });
    const begun = input.progress ?? (yield* begin(workflow, input));
    if ('problem' in begun) return yield* end(workflow, input, { problems: [begun.problem] });
    const { recoveryPoint } = begun;
    const verified = yield* verify(workflow, request, begun);
    if ('next' in verified) return workflow.continueAsNew({ request, progress: { recoveryPoint, box: verified.next } });
    const settled = yield* workflow.call('settle-verification', { request, recoveryPoint, boxes: verified.boxes });
    const problems = [verified.problem ?? [], settled.status === 'failed' ? settled.problem : []].flat();
    workflow.setStatus({ phase: 'rehearsing' });
    const rehearsed = yield* rehearse(workflow, request, recoveryPoint);
    return yield* end(workflow, input, { recoveryPoint, problems, ...rehearsed });
  } catch (error) {
    return yield* end(workflow, input, { problems: [problemOf(error)] });
  }
}

const superseded: Problem = { code: 'run.superseded', message: 'another version of Hubkeep was deployed before the drill began' };

function* begin(
  workflow: HubkeepWorkflow,
  { request }: DrillInput,
): Steps<{ recoveryPoint: string; box: number } | { problem: Problem }> {
  const begun = yield* workflow.call('begin-drill', { request });
  return begun.status === 'failed' ? { problem: begun.problem } : { recoveryPoint: begun.recoveryPoint, box: 0 };
}

/** @returns how many boxes there were, or the next one when there were enough of them for one history. */
function* verify(
  workflow: HubkeepWorkflow,
  request: DrillInput['request'],
  { recoveryPoint, box: first }: { readonly recoveryPoint: string; readonly box: number },
): Steps<{ boxes: number; problem?: Problem } | { next: number }> {
  if (request.share === 0) return { boxes: 0 };
  for (let box = first; box < first + boxesPerRound; box++) {
    const read = yield* workflow.call('verify-box', { request, recoveryPoint, box });
    if (read.status === 'failed') return { boxes: box, problem: read.problem };
    if (read.isLast) return { boxes: box + 1 };
  }
  return { next: first + boxesPerRound };
}

function* rehearse(
  workflow: HubkeepWorkflow,
  request: DrillInput['request'],
  recoveryPoint: string,
): Steps<Pick<DrillSteps, 'share' | 'databases'>> {
  const { parts } = request;
  const share = parts.includes('share') ? yield* workflow.call('drill-share', { request, recoveryPoint }) : undefined;
  const databases = parts.includes('databases') ? yield* workflow.call('drill-databases', { request, recoveryPoint }) : undefined;
  return { ...(share === undefined ? {} : { share }), ...(databases === undefined ? {} : { databases }) };
}

function* end(workflow: HubkeepWorkflow, { request }: DrillInput, steps: DrillSteps): Steps<{ status: string }> {
  workflow.setStatus({ phase: 'finishing' });
  const ended = yield* workflow.call('end-drill', { request, steps });
  return { status: ended.status === 'succeeded' ? ended.drill : 'failed' };
}
