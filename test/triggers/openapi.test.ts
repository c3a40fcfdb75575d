import { openApi } from './api-stage';

type Json = Record<string, unknown>;

let document: Json;
const api = openApi();
beforeAll(async () => {
  document = (await api.get('openapi.json')).document;
});

test('every route is in the document, and nothing else', () => {
  const described = Object.entries(document['paths'] as Record<string, Json>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(api.routes.map(({ method, path }) => `${method} /api/${path}`).toSorted());
});

test('every reference in it leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) {
    const [root, ...path] = reference.split('/');
    expect(root).toBe('#');
    const found = path.reduce<unknown>((value, name) => (value as Json | undefined)?.[name], document);
    expect(found).toBeInstanceOf(Object);
  }
});

test('every operation has an id of its own, parameters for its path, and problems for its refusals', () => {
  const operations: { path: string; operation: Json }[] = [];
  for (const [path, methods] of Object.entries(document['paths'] as Record<string, Record<string, Json>>)) {
    for (const operation of Object.values(methods)) operations.push({ path, operation });
  }
  expect(new Set(operations.map(({ operation }) => operation['operationId'])).size).toBe(operations.length);
  for (const { path, operation } of operations) {
    const { parameters, responses } = operation;
    const inPath = (parameters as Json[])
      .filter((parameter) => parameter['in'] === 'path')
      .map(({ name }) => `{${String(name)}}`);
    expect(path.match(/\{\w+\}/g) ?? []).toEqual(inPath);
    for (const [status, response] of Object.entries(responses as Record<string, { content: Json }>)) {
      const types = Object.keys(response.content);
      if (Number(status) >= 400) expect(types).toEqual(['application/problem+json']);
    }
  }
});

test('health alone needs no key', () => {
  const open = Object.entries(document['paths'] as Record<string, Record<string, Json>>)
    .filter(([, methods]) => Object.values(methods).some(({ security }) => Array.isArray(security) && security.length === 0))
    .map(([path]) => path);
  expect(open).toEqual(['/api/health']);
});

test('what the schemas allow is what they say: a body may leave everything out', () => {
  const post = (document['paths'] as Record<string, Record<string, Json>>)['/api/backups']?.['post'];
  expect(post).toMatchObject({
    requestBody: { content: { 'application/json': { schema: { type: 'object', additionalProperties: false } } } },
  });
});
