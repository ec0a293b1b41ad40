import 'uplot/dist/uPlot.min.css'
import './style.css'
import type { ImportStatus, Overview } from '../api.ts'
import { showBars } from './bars.ts'
import { createChart } from './chart.ts'
import { byId } from './dom.ts'
import { agoText, countText } from './format.ts'
import { showLatest } from './latest.ts'
import { setUpSqlForm } from './sql-form.ts'

const refreshMs = 3_000
const chart = createChart(byId('chart', HTMLElement), byId('chart-readout', HTMLElement))
const ranges = byId('ranges', HTMLFieldSetElement)
let timer: number | undefined
let asked = 0

function rangeChosen(): string {
  return ranges.querySelector<HTMLInputElement>('input:checked')?.value ?? 'hour'
}

function say(state: 'live' | 'busy' | 'paused' | 'down', text: string): void {
  byId('status', HTMLElement).dataset['state'] = state
  byId('status-text', HTMLElement).textContent = text
}

function show(overview: Overview): void {
  const { imported, totals, newestMs, nowMs } = overview
  byId('empty', HTMLElement).hidden = newestMs !== null || !imported.ready
  for (const name of ['events', 'visitors', 'tabs', 'clicks'] as const)
    byId(`total-${name}`, HTMLElement).textContent = countText(totals[name])
  chart.show(overview.buckets, nowMs)
  showBars(byId('colors', HTMLElement), overview.colors, { nothing: 'No colors in this range.', colored: true })
  showBars(byId('pages', HTMLElement), overview.pages, { nothing: 'No page views in this range.' })
  showBars(byId('browsers', HTMLElement), overview.browsers, { nothing: 'No events in this range.' })
  showLatest(byId('latest', HTMLElement), overview.latest, nowMs)
  if (imported.pendingFiles > 0) say('busy', `reading ${countText(imported.pendingFiles)} files`)
  else say('live', newestMs === null ? 'live, waiting for events' : `live, newest event ${agoText(nowMs - newestMs)}`)
  byId('footer', HTMLElement).textContent =
    `${countText(imported.events)} events read from ${countText(imported.files)} landed files.`
  warn(failureText(imported))
}

function failureText({ failed, failedFiles }: ImportStatus): string {
  const first = failed[0]
  if (first === undefined) return ''
  const which = failedFiles === 1 ? 'One file' : `${countText(failedFiles)} files, among them one,`
  return `${which} could not be read and will be tried again: ${first.file} (${first.reason})`
}

function warn(text: string): void {
  const notice = byId('notice', HTMLElement)
  notice.hidden = text === ''
  if (notice.textContent !== text) notice.textContent = text
}

/** Asks and shows; only the newest question may be shown. Goes on by itself while the page is visible. */
async function refresh(): Promise<void> {
  window.clearTimeout(timer)
  asked += 1
  const mine = asked
  try {
    const response = await fetch(`api/overview?range=${rangeChosen()}`)
    const answer = await response.json()
    if (mine !== asked) return
    if (!response.ok) throw new Error(String(answer.error))
    show(answer)
  } catch (error) {
    if (mine !== asked) return
    say('down', 'no answer, trying again')
    warn(`The dashboard has no answer: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (document.visibilityState === 'visible') timer = window.setTimeout(refresh, refreshMs)
}

ranges.addEventListener('change', () => void refresh())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void refresh()
  else {
    window.clearTimeout(timer)
    say('paused', 'paused while hidden')
  }
})
setUpSqlForm()
void refresh()
