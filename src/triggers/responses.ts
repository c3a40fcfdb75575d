import type { ApiResponse } from '../ports/api';

/** On every answer: nobody keeps it, no browser guesses at it, and no address with a key in it is passed on. */
const always = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export function json(status: number, document: unknown, headers: Record<string, string> = {}): ApiResponse {
  return { status, headers: { ...always, 'content-type': 'application/json', ...headers }, body: JSON.stringify(document) };
}

export function text(content: string, type: string): ApiResponse {
  return { status: 200, headers: { ...always, 'content-type': type }, body: content };
}

export function html(page: string, headers: Record<string, string>): ApiResponse {
  return { status: 200, headers: { ...always, 'content-type': 'text/html; charset=utf-8', ...headers }, body: page };
}
