import { ConnectRefused, SignatureInvalid, SystemError } from '../../activities/system-error.ts';
import { SECOND } from '../domain/time.ts';

interface ProblemOptions extends ErrorOptions {
  readonly retryAfter?: number;
}

/** A request that is not granted, in the words of the Smooch API. This file alone makes statuses. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** For machines: it never changes. */
  readonly code: string;
  /** When it makes sense to ask again; whole seconds from now. */
  readonly retryAfter: number | undefined;

  /** @param description for the developer who sent the request: what was wrong, and what was expected. */
  constructor(status: number, code: string, description: string, options: ProblemOptions = {}) {
    super(description, options);
    this.status = status;
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

/** @param description names the field and says what was expected: "text: expected a string". */
export const badRequest = (description: string): Problem => new Problem(400, 'bad_request', description);

/** There are no credentials, or bad ones. */
export const unauthorized = (description: string, options?: ErrorOptions): Problem =>
  new Problem(401, 'unauthorized', description, options);

/** The credentials are good, but not for this. */
export const forbidden = (description: string): Problem => new Problem(403, 'forbidden', description);

/** @param what `user`, `app`, … of which there is none; without it, the address itself leads nowhere. */
export const notFound = (
  description: string,
  what?: 'app' | 'user' | 'conversation' | 'webhook' | 'integration' | 'device',
): Problem => new Problem(404, what === undefined ? 'not_found' : `${what}_not_found`, description);

export const methodNotAllowed = (expected: string): Problem => new Problem(405, 'method_not_allowed', `expected ${expected}`);

export const conflict = (description: string): Problem => new Problem(409, 'conflict', description);

/** @param ms until the next attempt is looked at. */
export const tooMany = (ms: number): Problem =>
  new Problem(429, 'too_many_requests', 'too many requests with credentials that are wrong came from this address', {
    retryAfter: Math.ceil(ms / SECOND),
  });

/** Something of ours is out of order. @param status what makes the other side try again. */
export const tryAgain = (description: string, status = 503, options?: ErrorOptions): Problem =>
  new Problem(status, 'service_unavailable', description, options);

/** What is said of an error that is nobody's fault but ours: nothing. The log says more. */
export const ourFault = (requestId: string): Problem => new Problem(500, 'internal_error', `request ${requestId}`);

/** Finds out what an error means for whoever sent the request. @returns `undefined` when it is our own. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof SignatureInvalid) return unauthorized('the request is not signed as expected', { cause: error });
  if (error instanceof ConnectRefused) {
    return badRequest(error.field === undefined ? error.message : `${error.field}: ${error.message}`);
  }
  if (error instanceof SystemError) return tryAgain(error.message, 503, { cause: error });
  return ofTheParser(error);
}

/** The router and the body parser say with a status what was wrong with the request. */
function ofTheParser(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  switch (error.status) {
    case 413:
      return new Problem(413, 'payload_too_large', `body: expected no more than ${limitOf(error)}`);
    case 415:
      return new Problem(415, 'unsupported_media_type', `body: expected UTF-8, plain or compressed: ${error.message}`);
    case 400:
      if (error instanceof URIError) return badRequest('path: expected valid percent-encoding');
      return badRequest(`body: expected JSON: ${error.message}`);
    default:
      return undefined;
  }
}

const limitOf = (error: Error): string =>
  'limit' in error && typeof error.limit === 'number' ? `${error.limit / 1_024} KB` : 'the limit';
