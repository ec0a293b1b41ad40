import type { Tally } from '../api.ts'
import { element, whenChanged } from './dom.ts'
import { countText } from './format.ts'
import { swatchOf } from './swatch.ts'

/** Shows tallies as bars, the largest full; `nothing` is said when there are none. With `colored`, names that are colors color their bar. */
export function showBars(
  place: HTMLElement,
  tallies: readonly Tally[],
  options: { nothing: string; colored?: boolean },
): void {
  whenChanged(place, tallies, () => {
    const largest = Math.max(1, ...tallies.map(({ count }) => count))
    const bars = tallies.map(tally => barOf(tally, largest, options.colored === true))
    place.replaceChildren(
      tallies.length === 0 ? element('p', 'nothing', options.nothing) : element('ul', 'bars', ...bars),
    )
  })
}

function barOf({ name, count }: Tally, largest: number, colored: boolean): HTMLElement {
  const swatch = colored ? swatchOf(name) : undefined
  const label = element('span', '', name)
  label.title = name
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
