import * as z from 'zod';
import { runbookFormats, type RunbookFormat } from '../contracts/runbook';
import type { ApiResponse } from '../ports/api';
import { runbookPageHeaders } from '../web/runbook-page';
import type { ApiRoute } from './api-route';
import type { ApiServices } from './api-services';
import { findPoint } from './read-points';
import { readQuery } from './read-request';
import { html, json, text } from './responses';

const querySchema = z.strictObject({
  format: z
    .enum(runbookFormats)
    .optional()
    .describe('html, md or json; by the Accept header when not given, and html when that leaves it open.'),
});

const formats: Readonly<Record<string, RunbookFormat>> = {
  'text/html': 'html',
  'text/markdown': 'md',
  'application/json': 'json',
};

/** The runbook of a point as it is known now, with what was marked on the point since it was stored. */
export function runbookRoute({ points, runbooks }: ApiServices): ApiRoute {
  return {
    name: 'http-get-runbook',
    method: 'GET',
    path: 'recovery-points/{id}/runbook',
    isAnonymous: false,
    summary: 'How to recover from one recovery point, step by step, for people.',
    query: querySchema,
    success: { status: 200, answer: 'runbook' },
    refusals: [404],
    async handle(request) {
      const format = readQuery(request, querySchema).format ?? accepted(request.accept);
      const { point } = await findPoint(points, request.params['id'] ?? '');
      const runbook = runbooks.of(point, { marks: await points.marks(point.id) });
      return answers[format](runbook, runbooks.render(runbook, format));
    },
  };
}

const answers: Readonly<Record<RunbookFormat, (document: unknown, rendered: string) => ApiResponse>> = {
  html: (_document, page) => html(page, runbookPageHeaders),
  md: (_document, markdown) => text(markdown, 'text/markdown; charset=utf-8'),
  json: (document) => json(200, document),
};

/** The first type that there is; weights are not looked at. */
function accepted(accept = ''): RunbookFormat {
  const types = accept.split(',').map((type) => type.replace(/;.*/, '').trim().toLowerCase());
  return types.map((type) => formats[type]).find((format) => format !== undefined) ?? 'html';
}
