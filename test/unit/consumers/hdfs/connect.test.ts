import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { connectHdfs } from '../../../../consumers/hdfs/connect.ts'
import { type FakeWebHdfs, startFakeWebHdfs } from '../../../support/fake-webhdfs/fake-webhdfs.ts'

const logger = pino({ level: 'silent' })
let server: FakeWebHdfs | undefined
afterEach(() => server?.close())

const connect = ({ urls }: Pick<FakeWebHdfs, 'urls'>, signal?: AbortSignal) =>
  connectHdfs({ urls, user: 'clicktrail', path: '/data/events', logger, ...(signal && { signal }) })

test('knows WebHDFS by its strict rename', async () => {
  server = await startFakeWebHdfs()
  expect((await connect(server)).description).toBe(`webhdfs ${server.urls}/data/events`)
})

test('knows HttpFS by a rename that just says no', async () => {
  server = await startFakeWebHdfs({ kind: 'httpfs' })
  expect((await connect(server)).description).toBe(`httpfs ${server.urls}/data/events`)
})

test('waits until the server is out of safe mode', async () => {
  server = await startFakeWebHdfs()
  const safeMode = { exception: 'SafeModeException' }
  server.failNext('RENAME', safeMode, safeMode)
  await connect(server)
  expect(server.calls).toEqual(['RENAME', 'RENAME', 'RENAME'])
})

test('gives up at once when it has no right', async () => {
  server = await startFakeWebHdfs()
  server.failNext('RENAME', { exception: 'AccessControlException' })
  await expect(connect(server)).rejects.toMatchObject({ code: 'unauthorized' })
})

test('stops waiting when it is told to', async () => {
  const controller = new AbortController()
  const connecting = connect({ urls: ['http://127.0.0.1:1'] }, controller.signal)
  controller.abort(new Error('stopped'))
  await expect(connecting).rejects.toThrow('stopped')
})

test('says that Kerberos is not supported to a server that asks for it', async () => {
  server = await startFakeWebHdfs()
  server.failNext('RENAME', { status: 401, body: '<html>', headers: { 'WWW-Authenticate': 'Negotiate' } })
  await expect(connect(server)).rejects.toThrow(/Kerberos, which is not supported/)
})
