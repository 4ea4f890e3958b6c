import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const HEADER = 'X-Request-Id';
/** What may stand in a log line and a header without harm. */
const SANE = /^[\w.:-]{1,128}$/;

/** Gives every answer an id to ask about: the one that the request came with, where it is sane, or a new one. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get(HEADER);
  response.set(HEADER, given !== undefined && SANE.test(given) ? given : randomUUID());
  next();
};

/** The id of the request that is being answered. */
export const requestIdOf = (response: Response): string => String(response.getHeader(HEADER));
