import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWorkerClient, type WorkerClient } from '../../../dashboard/worker-client.ts'

/** A worker that does what the SQL says: answer its pid and environment, hang, fail, die, throw or print 16 MiB; it fails what is cancelled. */
const script = `import { writeSync } from 'node:fs'
process.on('message', ({ id, question, cancelled }) => {
  if (cancelled) return process.send({ id: cancelled, failure: 'interrupted' })
  const { sql } = question
  if (sql === 'hang') return
  if (sql === 'die') process.exit(3)
  if (sql === 'throw') throw new Error('DuckDB fell')
  if (sql === 'print') for (let n = 0; n < 4_096; n++) writeSync(2, 'line '.repeat(819) + '\\n')
  if (sql === 'fail') process.send({ id, failure: 'no' })
  else process.send({ id, result: { pid: process.pid, env: Object.keys(process.env) } })
})`

// The deadline goes by before a worker that hangs is killed, and holds the start of a process too: machines may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

let dir: string
let client: WorkerClient
let log: string

function write(text: string): void {
  log += text
}

beforeEach(async () => {
  log = ''
  dir = await mkdtemp(join(tmpdir(), 'clicktrail-worker-'))
  const sqlWorker = join(dir, 'worker.mjs')
  await writeFile(sqlWorker, script)
  client = createWorkerClient({
    sqlWorker,
    eventsDir: dir,
    logger: pino({}, { write }),
    deadlineMs: 5_000,
    restartMs: 10,
  })
})
afterEach(async () => {
  await client.close()
  await rm(dir, { recursive: true })
})

const tell = (sql: string) => client.ask({ kind: 'sql', sql })
const whenUp = () => vi.waitFor(() => tell('who'), { timeout: 30_000, interval: 20 })

test('the worker knows nothing of our environment', async () => {
  expect(await tell('who')).toMatchObject({ env: expect.not.arrayContaining(['HOME', 'PATH', 'USER']) })
})

test('a failure of the worker rejects', async () => {
  await expect(tell('fail')).rejects.toThrow('no')
})

test.each([
  ['hang', 'in time'],
  ['die', 'ended'],
])('after a worker that should %s there is a new one', async (sql, message) => {
  const first = await tell('who')
  await expect(tell(sql)).rejects.toThrow(message)
  const second = await whenUp()
  expect(second).not.toEqual(first)
})

test('the log has what a worker prints as it dies', async () => {
  await expect(tell('throw')).rejects.toThrow('ended')
  await vi.waitFor(() => expect(log).toContain('"line":"Error: DuckDB fell"'), { timeout: 30_000 })
})

test('a worker that prints without end holds up nothing and fills no log', async () => {
  await tell('print')
  expect(log).toContain('prints more than is logged')
  expect(log.length).toBeLessThan(100_000)
})

test('what is no longer wanted is cancelled, and nothing else is', async () => {
  const unwanted = new AbortController()
  const asked = client.ask({ kind: 'sql', sql: 'hang' }, unwanted.signal)
  const other = tell('who')
  unwanted.abort()
  await expect(asked).rejects.toThrow('interrupted')
  const { pid } = Object(await other)
  expect(await tell('who')).toMatchObject({ pid })
  await expect(client.ask({ kind: 'status' }, unwanted.signal)).rejects.toThrow('nobody waits')
})

test('nothing is started after close', async () => {
  await client.close()
  await expect(tell('who')).rejects.toThrow('starting')
})

test('a worker whose parent closes is gone', async () => {
  const { pid } = Object(await tell('who'))
  await client.close()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
