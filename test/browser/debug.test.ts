import { afterEach, expect, test } from 'vitest'
import { ownTags } from './own-tags.ts'
import { endVisits, visit } from './visit.ts'

afterEach(endVisits)

/** A page that loads one of the scripts, and all that the script says on the console. */
async function told(file: string) {
  const lines: string[] = []
  const page = await visit({
    before(window) {
      for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
        window.console[level] = (what: unknown, ..._: unknown[]) => void lines.push(`${level} ${what}`)
      }
    },
    html: '<button data-track="click" data-track-color="red">x</button>',
    tag: ownTags(`<script defer src="/sdk/dist/${file}" data-site="example" data-storage="local"></script>`),
    reply: nth => new Response(null, { status: nth ? 204 : 503 }),
  })
  page.document.querySelector('button')?.click()
  page.hide()
  await expect.poll(() => page.status().acknowledged).toBe(2)
  page.window.clicktrail.track('later')
  page.leave()
  return { lines, page }
}

test('clicktrail.debug.js tells on the console what it does and why', async () => {
  const { lines } = await told('clicktrail.debug.js')
  const expected = [
    'starts',
    'recorded page_view',
    'recorded click',
    'sends 2 events, ',
    'no success (503): keeps the events and tries again',
    'sends 2 events, ',
    'the collector acknowledged 2 events',
    'recorded later',
    'sent 1 events by beacon, as the page is left',
  ]
  expect(lines.map((line, i) => line.slice(0, 18 + (expected[i]?.length ?? 0)))).toEqual(
    expected.map(line => `info [clicktrail] ${line}`),
  )
})

test('clicktrail.debug.js says why it sends nothing, and what went wrong inside', async () => {
  const lines: string[] = []
  const page = await visit({
    before: window => {
      window.console.info = (what: unknown) => void lines.push(String(what))
    },
    tag: ownTags(
      '<script defer src="/sdk/dist/clicktrail.debug.js" data-site="example" data-storage="local"></script>',
    ),
  })
  Reflect.apply(page.window.clicktrail.init, undefined, [])
  Reflect.apply(page.window.clicktrail.q?.push ?? Object, undefined, [['nonsense']])
  page.window.clicktrail.optOut()
  page.hide()
  expect(lines.slice(-5)).toEqual([
    '[clicktrail] failed inside, which the page does not feel:',
    '[clicktrail] forgets all that is held',
    '[clicktrail] forgets all that is held',
    '[clicktrail] forgets all that is held',
    '[clicktrail] sends nothing: optOut',
  ])
})

test('clicktrail.js says nothing, and sends the same', async () => {
  const [quiet, loud] = [await told('clicktrail.js'), await told('clicktrail.debug.js')]
  expect(quiet.lines).toEqual([])
  const seen = [quiet, loud].map(({ page }) =>
    page.sent.map(({ by, batch }) => ({
      ...batch,
      by,
      tab: '',
      events: batch.events.map(event => ({ ...event, ago: 0 })),
    })),
  )
  expect(seen[0]).toEqual(seen[1])
})
