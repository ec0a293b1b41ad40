import { believedStep } from '../../../deploy/hive/loss.ts'
import { duckDbDialect, viewsOf } from '../../../deploy/hive/views.ts'
import { encodeRecord, landedText } from '../../../topic/record.ts'
import { seeded } from '../../fuzz/random.ts'
import { landedRecord } from '../../support/landed-files.ts'
import { hour, minute, nowMs } from './panels/read-landed.ts'

/** The view `loss` by the text that Hive has. */
export const plainLoss = `(${viewsOf(duckDbDialect, name => name).find(({ name }) => name === 'loss')?.query})`

interface Numbered {
  tab: string
  n: number
  timeMs: number
  site?: string
  path?: string
  delayMs?: number
  skipped?: number
  dropped?: number
  /** Of what was dropped. @default full */
  reason?: string
  /** @default made of site, tab and number */
  id?: string
}

/** Landed lines of tabs with numbers as they are given, in the order of the topic. */
export function linesOf(events: readonly Numbered[]): string[] {
  return events.map(
    ({ tab, n, timeMs, site = 'example', path = '/', delayMs = 0, skipped, dropped, reason = 'full', id }, offset) => {
      const record = landedRecord({
        timeMs,
        path,
        ...(dropped === undefined ? {} : { action: 'events_dropped', properties: { [reason]: dropped } }),
      })
      const created = new Date(timeMs + delayMs).toISOString()
      const event = { ...record.event, id: id ?? `${site}-${tab}-${n}`, sequence: n, created }
      const text = encodeRecord({ ...record, site, tab: { id: tab }, event }).toString()
      return landedText(text, {
        topic: 'clicktrail',
        partition: 0,
        offset,
        ...(skipped === undefined ? {} : { skipped }),
      })
    },
  )
}

/** `length` events of a tab, `stepMs` apart. */
const tabOf = (tab: string, length: number, first: Partial<Numbered> & { timeMs: number }, stepMs = minute) =>
  Array.from({ length }, (_, index) => ({ tab, ...first, n: index + 1, timeMs: first.timeMs + index * stepMs }))

export const ageOf = (hours: number) => nowMs - hours * hour

/** Every way in which a tab's numbers can be other than 1, 2, 3 …, among tabs where they are just that, and some more that a seed makes. */
export function unluckyTabs(): Numbered[] {
  const even = Array.from({ length: 40 }, (_, index) =>
    tabOf(`even-${index}`, 1 + ((index * 37) % 150), {
      timeMs: ageOf(40 - index),
      site: index % 3 === 0 ? 'shop' : 'example',
      delayMs: index % 4 === 0 ? 61_000 : 60_999,
      ...(index % 5 === 0 ? { skipped: 2 } : {}),
    }),
  )
  const holes = Array.from({ length: 12 }, (_, index) =>
    tabOf(`holes-${index}`, 140, { timeMs: ageOf(36 - index), path: `/${index % 3}` }).filter(
      ({ n }) => (n * 7 + index) % (index + 3) !== 0,
    ),
  )
  const again = tabOf('again', 70, { timeMs: ageOf(20), skipped: 1 })
  const resent = again.filter(({ n }) => n % 9 === 0).map(event => ({ ...event, delayMs: 3 * hour }))
  return [
    ...[...even, ...holes].flat(),
    ...[...again, ...resent],
    // As many as the last number says, and the sum of their squares is right too: but 2 and 5 came twice, 3 and 4 never.
    ...[1, 2, 2, 5, 5].map(n => ({ tab: 'as-many', n, timeMs: ageOf(5) })),
    ...[1, 2, 3 + believedStep, 4 + 2 * believedStep].map(n => ({ tab: 'far-off', n, timeMs: ageOf(7) })),
    ...[64, 65, 128].map(n => ({ tab: 'late-start', n, timeMs: ageOf(9) })),
    ...[3, 1, 2].map((n, index) => ({ tab: 'clock', n, timeMs: ageOf(11 - index) })),
    ...[5, 20_000, -3].map((dropped, index) => ({ tab: 'dropped', n: index + 1, timeMs: ageOf(3), dropped })),
    { tab: 'dropped', n: 1, timeMs: ageOf(3), dropped: 5 },
    { tab: 'dropped', n: 4, timeMs: ageOf(3), dropped: 20_001, reason: 'http_400' },
    { tab: 'dropped', n: 5, timeMs: ageOf(2), dropped: 11, reason: 'rejected' },
    // The same tab id at another site is another tab.
    ...tabOf('even-3', 4, { timeMs: ageOf(6), site: 'other' }),
    // One id, two actions: what came first counts.
    { tab: 'two-actions', n: 1, timeMs: ageOf(4), id: 'first-a-view' },
    { tab: 'two-actions', n: 1, timeMs: ageOf(4), id: 'first-a-view', dropped: 900 },
    { tab: 'two-actions', n: 2, timeMs: ageOf(4), id: 'first-given-up', dropped: 7 },
    { tab: 'two-actions', n: 2, timeMs: ageOf(4), id: 'first-given-up' },
    ...bordersOf('border', [1, 2, 4, 5]),
    ...bordersOf('even-border', [1, 2, 3, 4]),
    ...byChance(),
  ]
}

/** The last millisecond of an hour and the first of the next, twice: in the middle of a day and at its end. */
function bordersOf(tab: string, [a, b, c, d]: readonly [number, number, number, number]): Numbered[] {
  const midnight = Date.UTC(2026, 10, 21)
  const noon = midnight - 12 * hour
  const times: readonly (readonly [number, number])[] = [
    [a, noon - 1],
    [b, noon],
    [c, midnight - 1],
    [d, midnight],
  ]
  return times.map(([n, timeMs]) => ({ tab, n, timeMs, delayMs: 60_500 }))
}

/** Tabs of up to 150 events, on two sites under the same names, of which some never came and some came again at another time. */
function byChance(): Numbered[] {
  const random = seeded(8)
  return Array.from({ length: 40 }, (_, index) => {
    const site = random.pick(['shop', 'example'])
    const all = tabOf(`chance-${index % 25}`, 1 + random.below(150), { timeMs: ageOf(1 + random.below(40)), site })
    const came = all.filter(() => !random.once(60))
    const again = came.filter(() => random.once(50))
    return [...came, ...again.map(event => ({ ...event, timeMs: event.timeMs - random.below(3) * hour, skipped: 1 }))]
  }).flat()
}
