import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Peer } from '../peers/peer.ts'

/** A website with one page that a peer watches. */
export interface Site {
  url: string
  close(): void
}

const click = `document.querySelector('button').addEventListener('click', () =>
  window.peer.track('color_click', { color: 'red', shade: 'dark' }))`

/** Serves a page with a button, and `script` deferred, its tag with the peer's attributes for `endpoint`. The button counts by itself where the peer does that, else a listener tracks it. */
export async function openSite(peer: Peer, script: string, endpoint: string): Promise<Site> {
  const attributes = Object.entries(peer.attributes?.(endpoint) ?? {})
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('')
  const listener = peer.countsClicks ? '' : '<script defer src="/page.js"></script>'
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Colors</title>
<link rel="icon" href="data:,"><script defer src="/peer.js"${attributes}></script>${listener}</head>
<body><h1>Colors</h1><p>${'Which color do you like best? '.repeat(40)}</p>
<button data-track="color_click" data-track-color="red" data-track-shade="dark"
  style="position:fixed;left:0;top:0;width:100px;height:100px">Red</button></body></html>`
  const files: Record<string, [type: string, body: string]> = {
    '/': ['text/html', html],
    '/peer.js': ['text/javascript', script],
    '/page.js': ['text/javascript', click],
  }
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', '']
    response.writeHead(body === '' ? 404 : 200, {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'no-store',
      // Isolated, so that the page's clock ticks in 5 µs instead of 100.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the site has no port')
  return {
    url: `http://localhost:${address.port}/`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
