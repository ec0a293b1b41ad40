import { type Address, rangeOf } from './address.ts'
import { byId } from './dom.ts'

/** The line above the rooms: time, site, bots. */
export interface SelectionLine {
  show(address: Address): void
  /** The sites to choose from; with one there is nothing to choose. */
  offer(sites: readonly string[], address: Address): void
}

const dayMs = 86_400_000

/** Makes the controls change the address through `go`. */
export function setUpSelection(
  go: (change: Record<string, string | undefined>) => void,
  nowMs: () => number,
): SelectionLine {
  const ranges = byId('ranges', HTMLFieldSetElement)
  const custom = byId('custom', HTMLElement)
  const from = byId('from', HTMLInputElement)
  const to = byId('to', HTMLInputElement)
  const site = byId('site', HTMLSelectElement)
  const people = byId('people', HTMLInputElement)

  ranges.addEventListener('change', () => {
    const range = ranges.querySelector<HTMLInputElement>('input:checked')?.value ?? 'day'
    if (range !== 'custom') return go({ range, from: undefined, to: undefined })
    const end = Math.ceil(nowMs() / 60_000) * 60_000
    go({ range, from: new Date(end - dayMs).toISOString(), to: new Date(end).toISOString() })
  })
  for (const input of [from, to])
    input.addEventListener('change', () => {
      const start = new Date(from.value)
      const end = new Date(to.value)
      const wrong = !(start < end)
      to.setCustomValidity(wrong ? 'The end must be after the beginning.' : '')
      if (wrong) to.reportValidity()
      else go({ range: 'custom', from: start.toISOString(), to: end.toISOString() })
    })
  site.addEventListener('change', () => go({ site: site.value }))
  people.addEventListener('change', () => go({ bots: people.checked ? 'no' : undefined }))
  byId('selection', HTMLFormElement).addEventListener('submit', event => event.preventDefault())

  return {
    show(address) {
      const { room, chosen } = address
      const timeless = room === 'letters' || room === 'sql'
      byId('selection', HTMLFormElement).hidden = timeless
      const range = rangeOf(address)
      for (const input of ranges.querySelectorAll('input')) input.checked = input.value === range
      custom.hidden = range !== 'custom'
      if (chosen['from'] !== undefined && document.activeElement !== from) from.value = localText(chosen['from'])
      if (chosen['to'] !== undefined && document.activeElement !== to) to.value = localText(chosen['to'])
      // A loss is counted with the bots: their events are numbered like any others.
      byId('people-label', HTMLElement).hidden = room === 'loss'
      people.checked = chosen['bots'] === 'no'
      site.value = chosen['site'] ?? ''
    },
    offer(sites, address) {
      const chosen = address.chosen['site']
      const names = chosen === undefined || sites.includes(chosen) ? sites : [...sites, chosen]
      byId('site-label', HTMLElement).hidden = names.length < 2 && chosen === undefined
      const offered = [...site.options].slice(1).map(({ value }) => value)
      if (site.options.length > 0 && offered.join('\n') === names.join('\n')) return
      site.replaceChildren(new Option('all', ''), ...names.map(name => new Option(name, name)))
      site.value = chosen ?? ''
    },
  }
}

/** What an input of local time shows for a UTC time. */
function localText(time: string): string {
  const date = new Date(time)
  const text = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return Number.isNaN(text.getTime()) ? '' : text.toISOString().slice(0, 16)
}
