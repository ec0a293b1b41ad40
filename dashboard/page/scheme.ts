import { keep, readKept } from './kept.ts'

const schemes = ['auto', 'light', 'dark'] as const
const places = new Map<HTMLElement, () => void>()

/** Makes the button go round auto, light and dark; what was chosen last is kept. */
export function setUpScheme(button: HTMLElement): void {
  let current = schemes.find(scheme => scheme === readKept('scheme')) ?? 'auto'
  const apply = () => {
    document.documentElement.dataset['scheme'] = current
    button.textContent = `◐ ${{ auto: 'Auto', light: 'Light', dark: 'Dark' }[current]}`
    button.setAttribute('aria-label', `Colors: ${current}`)
    redraw()
  }
  button.addEventListener('click', () => {
    current = schemes[(schemes.indexOf(current) + 1) % schemes.length] ?? 'auto'
    keep('scheme', current)
    apply()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
  apply()
}

/** Calls back whenever the colors have changed, as long as the place is on the page. */
export function onScheme(place: HTMLElement, draw: () => void): void {
  places.set(place, draw)
}

function redraw(): void {
  for (const [place, draw] of places) {
    if (place.isConnected) draw()
    else places.delete(place)
  }
}

/** The color of a custom property as it is now, for a canvas. */
export function colorOf(property: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${property})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
