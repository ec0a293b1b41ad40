import { createServer } from 'node:http'
import { listen } from './listen.ts'
import { labAction, type Tracker } from './tracker.ts'

/** Buttons on a page. */
export const buttons = 8

/** The website that a tracker watches. */
export interface Site {
  /** A page whose elements `#c1` … `#c8` and `#leave` (a link to another site) are tracked with the marks `<prefix>-<id>`. */
  page(prefix: string): string
  close(): Promise<void>
}

/** Serves the pages at `localhost`, and what their link leads to at `127.0.0.1`, which to a browser is another site. */
export async function createSite(tracker: Tracker, endpoint: string): Promise<Site> {
  const script = await tracker.script(endpoint)
  const server = createServer((request, response) => {
    const [, kind, prefix = ''] = (request.url ?? '').split('/')
    if (kind === 'tracker.js') {
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script)
    } else if (kind === 'page') {
      response.writeHead(200, html).end(pageOf(tracker, { prefix, endpoint, elsewhere: `http://127.0.0.1:${port}/` }))
    } else response.writeHead(200, html).end('<!doctype html><title>Elsewhere</title>')
  })
  const { port, close } = await listen(server)
  return { page: prefix => `http://localhost:${port}/page/${prefix}`, close }
}

const html = { 'content-type': 'text/html; charset=utf-8' }

interface PageOptions {
  prefix: string
  endpoint: string
  elsewhere: string
}

function pageOf(tracker: Tracker, { prefix, endpoint, elsewhere }: PageOptions): string {
  const declared = (id: string) =>
    tracker.countsClicks ? ` data-track="${labAction}" data-track-mark="${prefix}-${id}"` : ''
  const attributes = Object.entries(tracker.attributes(endpoint)).map(([name, value]) => ` ${name}="${value}"`)
  const ids = Array.from({ length: buttons }, (_, index) => `c${index + 1}`)
  return `<!doctype html><html lang="en"><title>Lab</title><link rel="icon" href="data:,">
<script src="/tracker.js"${attributes.join('')}></script>
<script>${wiring(tracker, prefix)}</script>
${ids.map(id => `<button id="${id}"${declared(id)}>${id}</button>`).join('\n')}
<p><a id="leave" href="${elsewhere}"${declared('leave')}>leave</a></p>`
}

/** `lab(action, mark)` tracks; in the click listener too, unless the tracker sees clicks by itself. */
function wiring({ countsClicks }: Tracker, prefix: string): string {
  const listener = `addEventListener('click', ({ target }) => target.id && lab('${labAction}', '${prefix}-' + target.id))`
  return `lab = (action, mark) => peer.track(action, { mark })\n${countsClicks ? '' : listener}`
}
