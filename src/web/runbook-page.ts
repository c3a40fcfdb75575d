import { hash } from 'node:crypto';
import { placeNames, wayNames } from '../contracts/runbook';
import type { Runbook, RunbookItem, RunbookSection, RunbookStep, Text } from '../contracts/runbook';
import { visible } from '../contracts/words';
import { html, trusted, type Html } from './html';
import { runbookStyle } from './runbook-style';

const policy = `default-src 'none'; style-src 'sha256-${hash('sha256', runbookStyle, 'base64')}'; base-uri 'none'; form-action 'none'`;

/** For whoever serves the page; the page has the same in itself, for the day it is opened from a disk. */
export const runbookPageHeaders = { 'content-security-policy': `${policy}; frame-ancestors 'none'` };

/** In one piece: the hash above is of everything between its tags. */
const styleElement = trusted(`<style>${runbookStyle}</style>`);

/** One file that needs nothing else and runs nothing. Lines in commands are kept as they are, so markup is joined without any of its own. */
export function runbookPage(runbook: Runbook): string {
  const { title, facts, warnings, sections } = runbook;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${visible(title)}</title>
        ${styleElement}
      </head>
      <body>
        <h1>${visible(title)}</h1>
        <dl>
          ${facts.map(
            ({ name, text }) =>
              html`<dt>${name}</dt>
                <dd>${inline(text)}</dd>`,
          )}
        </dl>
        ${
          warnings.length > 0 &&
          html`<section class="warnings">
            <h2>Before you begin: warnings</h2>
            <ul>
              ${warnings.map(({ code, text }) => html`<li>${inline(text)} <code>${visible(code)}</code></li>`)}
            </ul>
          </section>`
        }
        <nav>
          <ol>
            ${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
          </ol>
        </nav>
        ${sections.map((section, i) => sectionPart(section, i + 1))}
      </body>
    </html> `;
  return page.markup;
}

function sectionPart({ id, title, steps }: RunbookSection, number: number): Html {
  return html`<section id="${id}">
    <h2>${number}. ${title}</h2>
    ${steps.map((step, i) => stepPart(step, `${number}.${i + 1}`))}
  </section> `;
}

function stepPart({ title, way, items }: RunbookStep, number: string): Html {
  return html`<div class="step">
    <h3>${number} ${inline(title)}${way !== undefined && html` <span class="way">${wayNames[way]}</span>`}</h3>
    ${items.map(itemPart)}
  </div> `;
}

function itemPart(item: RunbookItem): Html {
  switch (item.type) {
    case 'note':
      return html`<p>${inline(item.text)}</p>`;
    case 'warning':
      return html`<p class="careful"><strong>Careful:</strong> ${inline(item.text)}</p>`;
    case 'check':
      return html`<p class="check">${inline(item.text)}</p>`;
    case 'prompt':
      return html`<p class="prompt">
        <strong>It asks:</strong> ${inline(item.asks)} <strong>Answer:</strong> ${inline(item.answer)}
      </p>`;
    case 'command':
      return html`<p class="label">
          ${placeNames[item.where]}, ${item.shell}${item.saveAs !== undefined && html`, saved as <code>${item.saveAs}</code>`}
        </p>
        <pre><code>${item.text}</code></pre>`;
    case 'file':
      return html`<p class="label"><code>${item.name}</code></p>
        <pre><code>${item.text}</code></pre>`;
    case 'table':
      return html`<table>
        <thead>
          <tr>
            ${item.columns.map((column) => html`<th>${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${item.rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell) => html`<td>${inline(cell)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>`;
  }
}

function inline(text: Text): Html {
  return html`${text.map((piece) => (typeof piece === 'string' ? html`${visible(piece)}` : html`<code>${visible(piece.value)}</code>`))}`;
}
