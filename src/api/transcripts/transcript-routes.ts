import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { readTranscript } from '../../db/transcript.ts';
import { toId } from '../../domain/ids.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { isTranscriptKey } from '../../transcript-url.ts';
import type { ApiDeps } from '../deps.ts';
import { html } from '../../domain/html.ts';
import { sendPage } from '../pages/page.ts';
import { transcriptPage } from './transcript-page.ts';

const NOTHING = {
  title: 'Nothing here',
  body: html`<p>There is nothing at this address. Copy the whole link, with what follows the question mark.</p>`,
};

const Query = z.object({ key: z.string().max(200) });

/**
 * A conversation to read, for agents whose ticket began in the middle of it. The address is in the ticket and cannot be guessed;
 * there is nothing to see for anybody else, not even whether the conversation exists.
 */
export function transcriptRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/:conversation', (request, response) => show(deps, request, response));
  return router;
}

async function show({ db, vault }: ApiDeps, request: Request, response: Response): Promise<void> {
  const conversation = String(request.params['conversation']);
  const query = Query.safeParse(request.query);
  const isAllowed = query.success && isTranscriptKey(vault, conversation, query.data.key);
  const transcript = isAllowed ? await readTranscript(db, toId<ConversationId>(conversation)) : undefined;
  if (transcript === undefined) return sendPage(response, 404, NOTHING);
  sendPage(response, 200, transcriptPage(transcript));
}
