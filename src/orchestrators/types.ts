import type { ActivityMap, OrchestratorMap } from '../contracts/activities';
import type { Orchestration, Workflow } from '../workflow/workflow';

export type HubkeepWorkflow = Workflow<ActivityMap, OrchestratorMap>;
export type Input<N extends keyof OrchestratorMap> = OrchestratorMap[N]['input'];
export type OrchestrationOf<N extends keyof OrchestratorMap> = Orchestration<Input<N>, OrchestratorMap[N]['output']>;
