import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { connectHdfs } from '../../../../consumers/hdfs/connect.ts'
import { type FakeWebHdfs, startFakeWebHdfs } from '../../../support/fake-webhdfs.ts'

const logger = pino({ level: 'silent' })
let server: FakeWebHdfs | undefined
afterEach(() => server?.close())

const connect = (url: string, signal?: AbortSignal) =>
  connectHdfs({ urls: [url], user: 'clicktrail', path: '/data/events', logger, ...(signal && { signal }) })

test('knows WebHDFS by its strict rename', async () => {
  server = await startFakeWebHdfs()
  expect((await connect(server.url)).description).toBe(`webhdfs ${server.url}/data/events`)
})

test('knows HttpFS by a rename that just says no', async () => {
  server = await startFakeWebHdfs()
  server.faults.set('RENAME', [{ status: 200, body: '{"boolean":false}' }])
  expect((await connect(server.url)).description).toBe(`httpfs ${server.url}/data/events`)
})

test('waits until the server is out of safe mode', async () => {
  server = await startFakeWebHdfs()
  const safeMode = { status: 403, exception: 'SafeModeException' }
  server.faults.set('RENAME', [safeMode, safeMode])
  await connect(server.url)
  expect(server.calls).toEqual(['RENAME', 'RENAME', 'RENAME'])
})

test('gives up at once when it has no right', async () => {
  server = await startFakeWebHdfs()
  server.faults.set('RENAME', [{ status: 403, exception: 'AccessControlException' }])
  await expect(connect(server.url)).rejects.toMatchObject({ code: 'unauthorized' })
})

test('stops waiting when it is told to', async () => {
  const controller = new AbortController()
  const connecting = connect('http://127.0.0.1:1', controller.signal)
  controller.abort(new Error('stopped'))
  await expect(connecting).rejects.toThrow('stopped')
})
