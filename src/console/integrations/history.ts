import type { FailureView, ThreadView } from '../../db/console/integrations.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { pill } from '../parts/pill.ts';
import { threadLink } from '../parts/thread-link.ts';
import { timeOf } from '../parts/time.ts';
import type { AppVisit } from '../visit.ts';
import type { Found } from './found.ts';

/** The newest threads, with links to both ends. */
export const threadsSection = ({ deps, home }: AppVisit, { system, view }: Found, threads: readonly ThreadView[]): Html => {
  const { threadWord } = system.facts;
  const account = { key: view.accountKey, data: view.accountData, operator: deps.settings.operator(system.name) };
  return html`<section class="section">
    <h2>Newest ${threadWord}s</h2>
    ${
      threads.length === 0
        ? html`<p class="quiet">
            There is none yet: the first message of an app user opens one. <a href="${home}/try">Try it</a>
          </p>`
        : html`<div class="table">
            <table>
              <thead>
                <tr>
                  <th>Conversation</th>
                  <th>At ${system.facts.label}</th>
                  <th>Since</th>
                  <th></th>
                </tr>
              </thead>
              <tbody>
                ${threads.map(
                  (thread) =>
                    html`<tr>
                      <td><a href="${home}/conversations/${thread.conversation}">${thread.user}</a></td>
                      <td>${threadLink(system, thread, account)}</td>
                      <td>${timeOf(thread.createdAt)}</td>
                      <td class="end">${thread.state !== 'open' && pill('calm', thread.state)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
};

/** What went wrong lately. */
export const failuresSection = (failures: readonly FailureView[], home: string): Html =>
  html`<section class="section">
    <h2>Recent errors</h2>
    ${
      failures.length === 0
        ? html`<p class="quiet">None among the latest deliveries.</p>`
        : html`<div class="table">
            <table>
              <thead>
                <tr>
                  <th>When</th>
                  <th>What</th>
                  <th>Answer</th>
                  <th></th>
                </tr>
              </thead>
              <tbody>
                ${failures.map(
                  ({ at, summary, said, conversation }) =>
                    html`<tr>
                      <td>${timeOf(at)}</td>
                      <td>${summary}</td>
                      <td>${said}</td>
                      <td class="end"><a href="${home}/conversations/${conversation}">Conversation</a></td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
