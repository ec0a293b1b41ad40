import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clicktrail, freePort, spawnClicktrail, untilSaid } from '../support/clicktrail.ts'
import { expectWalk } from '../support/expect-walk.ts'
import { type LandedRow, localRows } from '../support/landed-rows.ts'
import { batchOf, postUntilAcknowledged, tabId } from '../support/poster.ts'
import { until } from '../support/until.ts'
import { eventsOf, openVisitor, type Visitor } from '../support/visitor.ts'

const ids = (rows: readonly LandedRow[]) => rows.map(row => row.event.id)

function containsAll(landed: readonly string[], wanted: ReadonlySet<string>): boolean {
  const found = new Set(landed)
  return [...wanted].every(id => found.has(id))
}

describe('clicktrail start, with no server at all', () => {
  let dataDir: string
  let env: Record<string, string>
  let url: string
  let running: Clicktrail
  let visitor: Visitor | undefined

  const rows = () => localRows(join(dataDir, 'events'))

  async function startAgain(): Promise<void> {
    running = spawnClicktrail({ args: ['start'], env })
    await untilSaid(running, 'Clicktrail is running')
  }

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'clicktrail-'))
    const port = await freePort()
    env = {
      CLICKTRAIL_DATA_DIR: dataDir,
      CLICKTRAIL_PORT: String(port),
      CLICKTRAIL_ADMIN_PORT: String(await freePort()),
    }
    url = `http://127.0.0.1:${port}`
    await startAgain()
  })
  afterEach(async () => {
    await running.stop('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  })
  afterAll(() => visitor?.close())

  it('carries what a visitor does in a real browser into files and onto the dashboard, each event once', async () => {
    visitor = await openVisitor()
    const walk = await visitor.walk(url, { name: 'Ada', clicks: 30 })
    await until(() => rows().length >= eventsOf(walk), { what: 'every event in the files', timeoutMs: 15_000 })
    expectWalk(rows(), walk)

    await visitor.page.goto(`${url}/dashboard`)
    await visitor.page.getByText('color_click').first().waitFor({ timeout: 15_000 })
  })

  it('loses nothing that it acknowledged and repeats nothing, killed in the middle and started again', async () => {
    const acknowledged = new Set<string>()
    let posting = true
    const posters = Array.from({ length: 4 }, async (_, poster) => {
      const tab = tabId(poster)
      for (let n = 1; posting; n += 10) {
        if (!(await postUntilAcknowledged(url, batchOf(tab, n, 10), () => !posting))) return
        for (let i = 0; i < 10; i++) acknowledged.add(`${tab}-${n + i}`)
      }
    })
    for (const count of [300, 900, 1_500]) {
      await until(() => acknowledged.size > count, { what: `${count} acknowledged events` })
      await running.stop('SIGKILL')
      await startAgain()
    }
    posting = false
    await Promise.all(posters)

    await until(() => containsAll(ids(rows()), acknowledged), { what: 'every acknowledged event', timeoutMs: 60_000 })
    const landed = ids(rows())
    expect(landed).toHaveLength(new Set(landed).size)
  })

  it('lands an event that curl posts, and flushes on Ctrl-C', async () => {
    const body = '{"site":"x","events":[{"action":"signup"}]}'
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body,
    })
    expect(response.status).toBe(204)
    expect(await running.stop('SIGINT')).toBe(0)
    expect(rows().map(row => row.event.action)).toEqual(['signup'])
  })
})
