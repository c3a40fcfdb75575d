/** What the Bicep files compile to and what each scenario would make; `npm run infra:check` proves both to be in step with them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

/** Resources of two dozen types, whose shapes are for the compiler to know. */
type Json = ReturnType<typeof JSON.parse>;

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly [key: string]: Json;
}

interface Snapshot {
  readonly predictedResources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly metadata: { readonly settingsWithoutParameter: Readonly<Record<string, string>> };
  readonly definitions: Readonly<Record<string, Json>>;
  readonly parameters: Readonly<
    Record<
      string,
      {
        readonly type?: string;
        readonly $ref?: string;
        readonly defaultValue?: unknown;
        readonly allowedValues?: readonly unknown[];
      }
    >
  >;
  readonly variables: Readonly<Record<string, Json>>;
  readonly resources: Readonly<Record<string, Json>>;
  readonly outputs: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export const template = JSON.parse(readText('infra/main.json')) as Template;

export const scenarioNames = readdirSync(join(root, 'infra/scenarios'))
  .filter((name) => name.endsWith('.bicepparam'))
  .map((name) => name.replace('.bicepparam', ''));

export function snapshotOf(scenario: string): Snapshot {
  return JSON.parse(readText(`infra/scenarios/${scenario}.snapshot.json`)) as Snapshot;
}

export function resourcesOf(scenario: string, type: string): readonly Resource[] {
  return snapshotOf(scenario).predictedResources.filter((resource) => resource.type === type);
}

/** Of every scenario, with its name to tell them apart in a failure. */
export function everywhere(type: string): readonly (readonly [scenario: string, resource: Resource])[] {
  return scenarioNames.flatMap((scenario) => resourcesOf(scenario, type).map((found) => [scenario, found] as const));
}

/** App settings by name. */
export function settingsOf(scenario: string): Readonly<Record<string, string>> {
  const [app] = resourcesOf(scenario, 'Microsoft.Web/sites');
  const settings = app?.properties.siteConfig.appSettings as readonly { name: string; value: string }[];
  return Object.fromEntries(settings.map(({ name, value }) => [name, value]));
}

/** The template and every module within it. */
export function templatesIn(outer: Template): readonly Template[] {
  const inner = Object.values(outer.resources).flatMap((resource): Template[] =>
    resource.type === 'Microsoft.Resources/deployments' && resource.properties.template !== undefined
      ? [resource.properties.template]
      : [],
  );
  return [outer, ...inner.flatMap(templatesIn)];
}
