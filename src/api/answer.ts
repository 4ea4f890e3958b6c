import type { ErrorRequestHandler, Response } from 'express';
import type { JsonObject } from '../domain/json.ts';
import type { Log } from '../log.ts';
import { ourFault, toProblem } from './problem.ts';
import type { Problem } from './problem.ts';
import { requestIdOf } from './request-id.ts';

/** What a request is answered. */
export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Sends JSON: the clients take an answer of any other type, or without a body, for none. */
export const sendAnswer = (response: Response, answer: Answer): void => void response.status(answer.status).json(answer.body);

export function sendProblem(response: Response, problem: Problem): void {
  if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (problem.retryAfter !== undefined) response.set('Retry-After', String(problem.retryAfter));
  response.status(problem.status).json({ error: { code: problem.code, description: problem.message } });
}

/** Turns an error into the problem that is sent, and logs it when it is ours. Never sends a stack, a query or a secret. */
export function problemOf(error: unknown, response: Response, log: Log): Problem {
  const problem = toProblem(error);
  if (problem !== undefined) return problem;
  const requestId = requestIdOf(response);
  log.error({ err: error, requestId }, 'a request failed');
  return ourFault(requestId);
}

/** Whether nothing more can be said: the other side is gone, or an answer has begun, which is then cut off. */
export function hasLeft(response: Response): boolean {
  if (!response.headersSent && !response.destroyed) return false;
  response.destroy();
  return true;
}

/** Answers whatever went wrong, as JSON. */
export const answerError =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    // Without the error, which Express would print.
    if (hasLeft(response)) return next();
    sendProblem(response, problemOf(error, response, log));
  };
