import type { Tally } from '../answers.ts'
import { element, whenChanged } from './dom.ts'
import { countText } from './format.ts'
import { swatchOf } from './swatch.ts'

export interface BarsOptions {
  /** Said when there are none. */
  nothing: string
  /** Names that are colors show theirs. @default false */
  colored?: boolean
  /** Makes each name a link. */
  linkTo?: (name: string) => string
  /** The name that is chosen. */
  chosen?: string | null
}

/** Shows tallies as bars, the largest full. */
export function showBars(place: HTMLElement, tallies: readonly Tally[], options: BarsOptions): void {
  const links = tallies.map(({ name }) => options.linkTo?.(name))
  whenChanged(place, [tallies, links, options.chosen], () => {
    const largest = Math.max(1, ...tallies.map(({ count }) => count))
    const bars = tallies.map((tally, index) => barOf(tally, largest, { ...options, link: links[index] }))
    place.replaceChildren(
      tallies.length === 0 ? element('p', 'nothing', options.nothing) : element('ul', 'bars', ...bars),
    )
  })
}

function barOf(
  { name, count }: Tally,
  largest: number,
  { colored, link, chosen }: BarsOptions & { link: string | undefined },
): HTMLElement {
  const swatch = colored === true ? swatchOf(name) : undefined
  const label = element(link === undefined ? 'span' : 'a', '', name)
  label.title = name
  if (link !== undefined) label.setAttribute('href', link)
  if (chosen === name) label.setAttribute('aria-current', 'true')
  const fill = element('div', 'fill')
  fill.style.width = `${(100 * count) / largest}%`
  const track = element('div', 'track', fill)
  track.setAttribute('aria-hidden', 'true')
  return element(
    'li',
    'bar',
    element('span', 'name', ...(swatch ? [swatch] : []), label),
    element('span', 'count', countText(count)),
    track,
  )
}
