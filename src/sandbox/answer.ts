import type { Response } from 'express';
import type { Html } from '../domain/html.ts';

/** What goes back over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string | undefined;
}

export type AnswerHeaders = Readonly<Record<string, string>>;

export const json = (status: number, value: unknown, headers: AnswerHeaders = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
});

export const text = (status: number, value: string, headers: AnswerHeaders = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: value,
});

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'self'; img-src 'self' https: http: data:; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

export const page = (status: number, value: Html, headers: AnswerHeaders = {}): Answer => ({
  status,
  headers: { ...PAGE_HEADERS, ...headers },
  body: value.markup,
});

export const noContent = (headers: AnswerHeaders = {}): Answer => ({ status: 204, headers, body: undefined });

/** Sends the browser elsewhere with a GET. */
export const redirect = (location: string): Answer => ({ status: 303, headers: { location }, body: undefined });

export const withHeaders = (answer: Answer, headers: AnswerHeaders): Answer => ({
  ...answer,
  headers: { ...headers, ...answer.headers },
});

/** An answer that ends the work on a request early, such as a refusal. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused [status=${answer.status}, body=${String(answer.body ?? '').slice(0, 300)}]`);
    this.answer = answer;
  }
}

export function send(response: Response, answer: Answer): void {
  response.status(answer.status).set(answer.headers);
  if (answer.body === undefined) response.end();
  else response.end(answer.body);
}
