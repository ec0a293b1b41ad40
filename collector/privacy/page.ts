import { html } from 'hono/html'
import { groups } from './meanings.ts'
import { style } from './page-style.ts'
import type { PublishedField, Statement } from './statement.ts'

export interface PagePaths {
  /** Of the statement as JSON. */
  json: string
  /** Of the visitor's controls. */
  controls: string
  /** Of the SDK. */
  script: string
}

type Html = ReturnType<typeof html>

/**
 * The statement as a page for visitors, readable without scripts; these are for the controls alone, and the page records
 * nothing, as its tag names no site. All text is escaped.
 */
export async function privacyPage(
  statement: Statement,
  { gpc, paths }: { gpc: 'honor' | 'ignore'; paths: PagePaths },
): Promise<string> {
  const { fields, refuse, notStored, browser, retention } = statement
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Privacy: what is stored, and how to refuse</title>
<style>${style}</style>
<script defer src="${paths.script}"></script>
<script defer src="${paths.controls}"></script>
</head>
<body>
<main>
<h1>Privacy</h1>
<p class="lead">What is stored when you visit a website that uses this collector, why, for how long, and how to refuse.</p>
<section aria-labelledby="choice"><h2 id="choice">Your choice</h2>
<div id="clicktrail-privacy" data-gpc="${gpc}"><noscript><p>The buttons to refuse, and what your browser holds, need JavaScript; so does the tracker: without it nothing is collected.</p></noscript></div>
<h3>Ways to refuse</h3>
<ul>${Object.values(refuse).map(way => html`<li>${way}</li>`)}</ul>
<p>Each website keeps its own choice in your browser. Where this page has another address than the website, look for the same buttons there.</p>
</section>
<section aria-labelledby="time"><h2 id="time">How long</h2>
<p>Events are kept: ${retention}.</p>${contactOf(statement)}
</section>
<section aria-labelledby="stored"><h2 id="stored">What is stored of each event</h2>
${groups.map(group => section(group, fields))}
</section>
<section aria-labelledby="not"><h2 id="not">What is not</h2>
<ul>${notStored.map(line => html`<li>${line}</li>`)}</ul>
</section>
<section aria-labelledby="browser"><h2 id="browser">What your browser may keep</h2>
<dl>${browser.map(
      ({ key, where, purpose, until }) =>
        html`<div><dt><code>${key}</code></dt><dd>${purpose} <small>In ${where}, until ${until}.</small></dd></div>`,
    )}</dl>
</section>
<p><small>Made from the rules that events are checked by. For machines: <a href="${paths.json}">${paths.json}</a>, <a href="/.well-known/gpc.json">/.well-known/gpc.json</a></small></p>
</main>
</body>
</html>
`,
  )
}

function section(group: string, fields: readonly PublishedField[]): Html {
  return html`<h3>${group}</h3>
<dl>${fields.filter(field => field.group === group).map(entry)}</dl>`
}

function entry({ name, purpose, example, presence, when, setting }: PublishedField): Html {
  const shown = typeof example === 'object' ? JSON.stringify(example) : String(example)
  const because = setting === undefined ? '' : html` (set by <code>${setting}</code>)`
  const often = presence === 'always' ? 'Always' : `Sometimes: ${when}`
  return html`<div><dt><code>${name}</code></dt>
<dd>${purpose} <small>${often}${because}. Example: <code>${shown}</code></small></dd></div>
`
}

function contactOf({ contact }: Statement): Html | '' {
  if (contact === undefined) return ''
  const href = hrefOf(contact)
  const shown = href === undefined ? contact : html`<a href="${href}">${contact}</a>`
  return html`<p>To ask, or to have what is stored deleted: ${shown}</p>`
}

function hrefOf(contact: string): string | undefined {
  if (/^https?:\/\/\S+$/.test(contact)) return contact
  return /^[^\s@:/]+@[^\s@:/]+$/.test(contact) ? `mailto:${contact}` : undefined
}
