import { z } from 'zod';
import { type Answer, json, noContent, Refusal } from './answer.ts';
import type { CommonControl } from './common-control.ts';
import { type Exchange, parsedBody } from './exchange.ts';
import { faultScript } from './faults.ts';
import { findRoute, type Params, type Route } from './routes.ts';

/** One request to a control interface. */
export interface ControlAsk<Control> {
  readonly control: Control;
  readonly params: Params;
  readonly body: unknown;
}

export interface ControlRoute<Control> extends Route {
  readonly answer: (ask: ControlAsk<Control>) => Promise<Answer>;
}

/** The routes of one vendor's control interface are made with these. */
export function controlRoutes<Control>() {
  const route = (method: string, path: string, answer: ControlRoute<Control>['answer']): ControlRoute<Control> => ({
    method,
    path,
    answer,
  });
  /** A route that does something and has nothing to say. */
  const doing = (method: string, path: string, work: (ask: ControlAsk<Control>) => Promise<void>): ControlRoute<Control> =>
    route(method, path, async (ask) => {
      await work(ask);
      return noContent();
    });
  return { route, doing };
}

/** Faults, settings and the log of requests: what every vendor's control interface has. */
export function commonControlRoutes<Control extends CommonControl>(): readonly ControlRoute<Control>[] {
  const { route, doing } = controlRoutes<Control>();
  return [
    route('GET', '/faults', async ({ control }) => json(200, { faults: await control.faults() })),
    route('POST', '/faults', async ({ control, body }) => json(201, { fault: await control.addFault(faultScript.parse(body)) })),
    doing('DELETE', '/faults', ({ control }) => control.clearFaults()),
    doing('DELETE', '/faults/:id', ({ control, params }) => control.clearFaults(Number(params.id))),
    route('GET', '/settings', async ({ control }) => json(200, { settings: await control.settings() })),
    route('PATCH', '/settings', async ({ control, body }) => json(200, { settings: await control.set(body) })),
    route('GET', '/requests', async ({ control }) => json(200, { requests: await control.requests() })),
    doing('DELETE', '/requests', ({ control }) => control.clearRequests()),
  ];
}

/** Answers a control interface. `exchange.path` is below `/sandbox`. */
export async function answerControl<Control>(
  routes: readonly ControlRoute<Control>[],
  control: Control,
  exchange: Exchange,
): Promise<Answer> {
  const found = findRoute(routes, exchange.method, exchange.path);
  if (!found) return json(404, { error: 'NotFound', description: 'GET /sandbox lists what there is' });
  try {
    return await found.route.answer({ control, params: found.params, body: parsedBody(exchange) });
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    if (error instanceof z.ZodError) return json(422, { error: 'Invalid', description: z.prettifyError(error) });
    if (error instanceof SyntaxError) return json(400, { error: 'Invalid', description: 'the body is not JSON' });
    throw error;
  }
}
