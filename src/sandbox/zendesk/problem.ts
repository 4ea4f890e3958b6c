import { json, Refusal, text } from '../answer.ts';

/** One complaint about a field. */
export interface FieldFault {
  readonly description: string;
  readonly error?: string;
}

/** 422 with the fields at fault. */
export const recordInvalid = (details: Readonly<Record<string, readonly FieldFault[]>>): Refusal =>
  new Refusal(json(422, { error: 'RecordInvalid', description: 'Record validation errors', details }));

/** 422 about one field. */
export const invalidField = (field: string, description: string, error?: string): Refusal =>
  recordInvalid({ [field]: [error === undefined ? { description } : { description, error }] });

export const recordNotFound = (): Refusal => new Refusal(json(404, { error: 'RecordNotFound', description: 'Not found' }));

export const invalidEndpoint = (): Refusal => new Refusal(json(404, { error: 'InvalidEndpoint', description: 'Not found' }));

export const unauthorized = (): Refusal =>
  new Refusal(
    json(
      401,
      {
        error: 'invalid_token',
        error_description: 'The access token provided is expired, revoked, malformed or invalid for other reasons.',
      },
      { 'www-authenticate': 'Bearer realm="Zendesk"' },
    ),
  );

export const missingScopes = (scopes: readonly string[]): Refusal =>
  new Refusal(
    json(403, { error: 'Forbidden', description: `You are missing the following required scopes: ${scopes.join(', ')}` }),
  );

export const forbidden = (): Refusal =>
  new Refusal(
    json(403, {
      error: { title: 'Forbidden', message: 'You do not have access to this page. Please contact the account owner for help.' },
    }),
  );

export const badRequest = (error: string, description: string): Refusal => new Refusal(json(400, { error, description }));

export const unparsable = (): Refusal =>
  new Refusal(json(400, { error: 'Unprocessable Entity', message: 'Server could not parse JSON' }));

export const conflict = (error: string, description: string): Refusal => new Refusal(json(409, { error, description }));

/** 429 of the whole account: plain text, not JSON. */
export const accountLimited = (retryAfterSeconds: number): Refusal =>
  new Refusal(text(429, 'Number of allowed API requests per minute exceeded', { 'retry-after': String(retryAfterSeconds) }));

/** 429 of one endpoint. */
export const limited = (
  retryAfterSeconds: number,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal =>
  new Refusal(
    json(429, { error: 'APIRateLimitExceeded', description }, { 'retry-after': String(retryAfterSeconds), ...headers }),
  );

/** The form of errors that the webhooks API has. */
export const webhookProblem = (status: number, code: string, title: string): Refusal =>
  new Refusal(json(status, { errors: [{ code, title }] }));
