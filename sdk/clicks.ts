import { listen } from './guard.ts'
import { options } from './options.ts'
import { track } from './track.ts'
import { plain } from './url.ts'

/**
 * Records clicks on elements with `data-track`, and those on links to other hosts where the website wants them: of the
 * first and the middle button, of the keyboard (the browser makes them clicks), and in open shadow roots. Nothing is
 * prevented or stopped.
 */
export function watchClicks(): void {
  listen('click', clicked)
  listen('auxclick', clicked)
}

function clicked(event: MouseEvent): void {
  if (event.button > 1) return
  const path = event.composedPath() as HTMLAnchorElement[]
  const element = path.find(({ dataset }) => dataset?.['track'])
  const link = (options.outbound && path.find(({ href }) => href)) as HTMLAnchorElement | undefined
  if (element) {
    const properties: Record<string, string> = {}
    for (const { name, value } of element.attributes) {
      if (name.startsWith('data-track-')) properties[name.slice(11).replace(/-/g, '_')] = value
    }
    track(element.dataset['track'] as string, properties)
  }
  if (link?.host && link.host !== location.host) track('outbound_click', { url: plain(link.href) })
}
