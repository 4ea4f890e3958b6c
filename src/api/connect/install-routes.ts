import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { ConnectStopped } from '../../connect/connect-stopped.ts';
import { describe, install, installSystem } from '../../connect/install-flow.ts';
import type { InstallSystem } from '../../connect/install-flow.ts';
import type { ApiDeps } from '../deps.ts';
import { badRequest, notFound } from '../problem.ts';
import { readBody } from '../read-body.ts';

/** The two addresses that a system itself calls while it is connected by an install link. Here programs read the answers. */
export function installRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/:system/descriptor/:token', (request, response) => describeTo(deps, request, response));
  router.post('/:system/installed/:token', (request, response) => installFor(deps, request, response));
  return router;
}

async function describeTo(deps: ApiDeps, request: Request, response: Response): Promise<void> {
  response.json(await told(describe(deps, systemOf(deps, request), tokenOf(request))));
}

const Posted = z.record(z.string(), z.json());

async function installFor(deps: ApiDeps, request: Request, response: Response): Promise<void> {
  const system = systemOf(deps, request);
  const body = Posted.safeParse(await readBody(request, response));
  if (!body.success) throw badRequest('body: expected an object');
  await told(install(deps, system, { token: tokenOf(request), body: body.data }));
  response.json({});
}

const tokenOf = (request: Request): string => String(request.params['token']);

function systemOf({ systems }: ApiDeps, request: Request): InstallSystem {
  const system = installSystem(systems, String(request.params['system']));
  if (system === undefined) throw notFound('there is nothing to install at this address');
  return system;
}

async function told<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw error instanceof ConnectStopped ? badRequest(error.message) : error;
  }
}
