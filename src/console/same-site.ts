import type { RequestHandler } from 'express';
import { forbidden } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';

/** Only pages of the console send forms to it. What browsers say of a request cannot be forged by other sites. */
export const refuseOtherSites: RequestHandler = (request, _response, next) => {
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const isOwn = site === undefined ? origin === undefined || hostOf(origin) === request.get('host') : site === 'same-origin';
  if (!isOwn) throw forbidden('This came from another site. Open the console and do it there.');
  next();
};

const hostOf = (origin: string): string | undefined => URL.parse(origin)?.host;

/** A form of a session that has ended, or of another one. */
export const sessionOver = (): Problem =>
  forbidden('This form is from a session that has ended. Go back, reload the page and send it again.');
