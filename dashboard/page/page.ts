import 'uplot/dist/uPlot.min.css'
import './styles/ground.css'
import './styles/head.css'
import './styles/cards.css'
import './styles/tables.css'
import './styles/forms.css'
import { changed, type RoomName, readAddress, writeAddress } from './address.ts'
import { byId } from './dom.ts'
import type { House, OpenRoom, Room } from './room.ts'
import { openAudience } from './rooms/audience.ts'
import { openEvents } from './rooms/events.ts'
import { openLetters } from './rooms/letters.ts'
import { openLive } from './rooms/live.ts'
import { openLoss } from './rooms/loss.ts'
import { openOverview } from './rooms/overview.ts'
import { openPages } from './rooms/pages.ts'
import { openSql } from './rooms/sql.ts'
import { setUpScheme } from './scheme.ts'
import { setUpSelection } from './selection.ts'
import { createStatus } from './status.ts'

const doors: Record<RoomName, OpenRoom> = {
  overview: openOverview,
  pages: openPages,
  events: openEvents,
  audience: openAudience,
  live: openLive,
  loss: openLoss,
  letters: openLetters,
  sql: openSql,
}
const refreshMs = 3_000
const liveMs = 1_000
/** Loss is counted from all that the tabs did: not more often than this. */
const lossMs = 15_000
/** Time itself moves the ranges, though nothing new has landed. */
const staleMs = 30_000

const status = createStatus()
const place = byId('room', HTMLElement)
const links = [...byId('rooms', HTMLElement).querySelectorAll('a')]
let address = readAddress(location.hash)
let open: { name: RoomName; room: Room } | undefined
let showing = new AbortController()
let timer: number | undefined
let shown = { events: -1, atMs: 0 }

const house: House = {
  go(change) {
    const hash = writeAddress(changed(address, change))
    if (hash !== location.hash) history.pushState(null, '', location.pathname + hash)
    enter()
  },
  linkTo: to => location.pathname + writeAddress(to),
  nowMs: () => status.nowMs(),
}
const selection = setUpSelection(change => house.go(change), house.nowMs)

/** Goes where the address says. */
function enter(): void {
  address = readAddress(location.hash)
  selection.show(address)
  for (const link of links) {
    const room = readAddress(`#${link.dataset['room'] ?? ''}`).room
    // What is chosen in one room means nothing in the next; the time, the site and the bots stay.
    link.href = house.linkTo(
      changed(address, { action: undefined, property: undefined, metric: undefined, sql: undefined }, room),
    )
    if (room === address.room) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (open?.name !== address.room) {
    open?.room.leave?.()
    place.replaceChildren()
    place.dataset['room'] = address.room
    open = { name: address.room, room: doors[address.room](place, house) }
    const title = links.find(link => link.dataset['room'] === address.room)?.textContent
    document.title = `${title ?? 'Overview'} · Clicktrail`
  }
  shown = { events: -1, atMs: 0 }
  void refresh()
}

/** Asks and shows; only the newest question may be shown. Goes on by itself while the page is visible. */
async function refresh(): Promise<void> {
  window.clearTimeout(timer)
  showing.abort()
  showing = new AbortController()
  const { signal } = showing
  place.setAttribute('aria-busy', String(shown.events === -1))
  try {
    const [events] = await Promise.all([tellStatus(signal), shown.events === -1 ? showRoom(signal) : undefined])
    const ageMs = Date.now() - shown.atMs
    const old = (events !== shown.events && (address.room !== 'loss' || ageMs > lossMs)) || ageMs > staleMs
    if (shown.events !== -1 && old) await showRoom(signal)
    if (old) shown = { events, atMs: Date.now() }
    status.warn('')
  } catch (error) {
    if (signal.aborted) return
    status.fail(error)
  }
  place.setAttribute('aria-busy', 'false')
  if (document.visibilityState === 'visible')
    timer = window.setTimeout(refresh, address.room === 'live' ? liveMs : refreshMs)
}

async function tellStatus(signal: AbortSignal): Promise<number> {
  const answer = await status.show(signal)
  selection.offer(answer.sites, address)
  return answer.imported.events
}

async function showRoom(signal: AbortSignal): Promise<void> {
  await open?.room.show(address, signal)
}

addEventListener('hashchange', enter)
addEventListener('popstate', enter)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void refresh()
  else {
    window.clearTimeout(timer)
    status.pause()
  }
})
setUpScheme(byId('scheme', HTMLButtonElement))
enter()
