import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { DAY, SECOND } from '../domain/time.ts';

/** Browsers that reached it by HTTPS keep to that for half a year. */
const HTTPS_ONLY = { maxAge: (180 * DAY) / SECOND, includeSubDomains: false };

/** Nothing that the API answers is to be kept, framed, guessed at or mentioned to other sites. */
export const securityHeaders = (publicUrl: string): readonly RequestHandler[] => [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': "'none'", 'frame-ancestors': "'none'", 'base-uri': "'none'", 'form-action': "'none'" },
    },
    strictTransportSecurity: publicUrl.startsWith('https:') ? HTTPS_ONLY : false,
    xFrameOptions: { action: 'deny' },
  }),
  (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  },
];

const pagePolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    'default-src': "'none'",
    'style-src': "'self'",
    'script-src': "'self'",
    'img-src': "'self'",
    'connect-src': "'self'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
  },
});

/**
 * Lets a page have what comes from here, and nothing else: no inline script or style. Its forms come here, too, and may not be
 * answered with a redirect that leads elsewhere; links may.
 */
export const allowPage = (response: Response): void => pagePolicy(response.req, response, () => undefined);
