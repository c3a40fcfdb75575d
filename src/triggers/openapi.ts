import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { hubkeepVersion } from '../contracts/version';
import type { ApiRoute } from './api-route';
import { answerSchemas } from './api-schemas';

type Json = Record<string, unknown>;

const refOf = (name: string) => `#/components/schemas/${name}`;

/** The API as an OpenAPI 3.1 document, made from the schemas that check what comes in and describe what goes out. */
export function openApiDocument(routes: readonly ApiRoute[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = `/api/${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Hubkeep', version: hubkeepVersion, description: 'Backs up App Service on Azure Stack Hub.' },
    paths,
    components: {
      schemas: schemas(),
      securitySchemes: {
        header: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        query: { type: 'apiKey', in: 'query', name: 'code' },
      },
    },
    security: [{ header: [] }, { query: [] }],
  };
}

function operationOf(route: ApiRoute): Json {
  const refusals = [
    ...((route.query ?? route.body) && route.refusals?.includes(400) !== true ? [400] : []),
    ...(route.isAnonymous ? [] : [401]),
    ...(route.refusals ?? []),
    500,
    503,
  ];
  const refused = refusals.map((status) => [status, contentOf(status, 'application/problem+json', { $ref: refOf('Problem') })]);
  return {
    operationId: route.name,
    summary: route.summary,
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...requestBodyOf(route),
    responses: { [route.success.status]: successOf(route), ...(Object.fromEntries(refused) as Json) },
    ...(route.isAnonymous ? { security: [] } : {}),
  };
}

function requestBodyOf({ body, rawBody }: ApiRoute): Json {
  if (body !== undefined) return { requestBody: { content: { 'application/json': { schema: schemaOf(body) } } } };
  if (rawBody === undefined) return {};
  return { requestBody: { description: rawBody, required: true, content: { 'application/octet-stream': {} } } };
}

function successOf({ success: { status, answer } }: ApiRoute): Json {
  if (answer === 'runbook') {
    const texts = { 'text/html': { schema: { type: 'string' } }, 'text/markdown': { schema: { type: 'string' } } };
    const content = { ...texts, 'application/json': { schema: { $ref: refOf('Runbook') } } };
    return { description: STATUS_CODES[status] ?? '', content };
  }
  if (answer === 'html') return contentOf(status, 'text/html', { type: 'string' });
  return contentOf(status, 'application/json', answer === 'json' ? { type: 'object' } : { $ref: refOf(answer) });
}

function contentOf(status: number, type: string, schema: Json): Json {
  return { description: STATUS_CODES[status] ?? '', content: { [type]: { schema } } };
}

function pathParameters(path: string): Json[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters(query: z.ZodObject | undefined): Json[] {
  if (query === undefined) return [];
  const properties = schemaOf(query)['properties'] as Record<string, Json>;
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: 'query', required: false, schema },
    ...(description === undefined ? {} : { description }),
  }));
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

/** Named once and referred to wherever one holds another. */
function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(answerSchemas)) registry.add(schema, { id });
  const { schemas: named } = z.toJSONSchema(registry, { uri: refOf });
  return Object.fromEntries(Object.entries(named).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]));
}
