import type * as z from 'zod';
import { HubkeepError } from '../errors/hubkeep-error';
import type { ApiRequest } from '../ports/api';

/** Characters; every body this API takes is far smaller. */
const longestBody = 65_536;

/** The body as JSON in the shape expected; an empty one counts as `{}`. Throws `http.bad-request`. */
export async function readBody<T extends z.ZodType>(request: ApiRequest, schema: T): Promise<z.infer<T>> {
  const text = await request.text();
  if (text.length > longestBody) throw badRequest(`The body has more than ${longestBody} characters.`);
  return check('body', schema, text.trim() === '' ? {} : parse(text));
}

/** The body byte for byte. Throws `http.too-large` as soon as more than `most` bytes have come. */
export async function readBytes(request: ApiRequest, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.stream()) {
    size += chunk.length;
    if (size > most) {
      throw new HubkeepError('http.too-large', `The body has more than ${most} bytes.`, {
        hint: 'GET /api/openapi.json describes what each route takes.',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The query in the shape expected. Throws `http.bad-request`. */
export function readQuery<T extends z.ZodType>(request: ApiRequest, schema: T): z.infer<T> {
  // Where a browser has no header to send it in, the key is part of the query.
  const { code: _, ...query } = request.query;
  return check('query', schema, query);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRequest('The body is not JSON.', cause);
  }
}

function check<T extends z.ZodType>(where: string, schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`);
  throw badRequest(wrong.join('; '));
}

function badRequest(message: string, cause?: unknown): HubkeepError {
  return new HubkeepError('http.bad-request', message, { hint: 'GET /api/openapi.json describes what each route takes.', cause });
}
