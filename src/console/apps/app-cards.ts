import type { AppCard } from '../../db/console/apps.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { empty } from '../parts/empty.ts';
import { pill } from '../parts/pill.ts';
import { timeOf } from '../parts/time.ts';

/** The list of apps, and the form that makes one. */
export const appCards = (apps: readonly AppCard[], csrf: Html): Html =>
  html`${
      apps.length === 0
        ? empty(
            'There is no app yet',
            'Make one below: you get the key with which your app talks to Deskbridge, then connect the tools your team answers from.',
          )
        : html`<ul class="grid">
            ${apps.map(card)}
          </ul>`
    }
    <section class="section card">
      <h2>New app</h2>
      <form method="post" action="/console/apps" class="row">
        ${csrf}
        <input name="name" required maxlength="100" placeholder="Name" aria-label="Name of the app" class="grow" />
        <button class="primary">Create</button>
      </form>
    </section>`;

const card = ({ id, name, systems, lastMessageAt }: AppCard): Html =>
  html`<li class="card tile">
    <h2><a href="/console/apps/${id}/integrations">${name}</a></h2>
    <p class="row">
      ${
        systems.length === 0
          ? html`<span class="quiet">Nothing is connected yet</span>`
          : systems.map(({ label, isWell }) => pill(isWell ? 'good' : 'bad', label))
      }
    </p>
    <p class="quiet">${lastMessageAt === 0 ? 'Nobody has written yet' : html`Last message ${timeOf(lastMessageAt)}`}</p>
  </li>`;
