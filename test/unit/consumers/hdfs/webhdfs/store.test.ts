import { afterEach, expect, test } from 'vitest'
import { createWebHdfsStore } from '../../../../../consumers/hdfs/webhdfs/store.ts'
import { describeLandingStore } from '../../../../support/describe-landing-store.ts'
import { type FakeWebHdfs, startFakeWebHdfs, type WebHdfsFault } from '../../../../support/fake-webhdfs.ts'

const servers: FakeWebHdfs[] = []
async function start(faults: Record<string, WebHdfsFault[]> = {}): Promise<FakeWebHdfs> {
  const server = await startFakeWebHdfs()
  for (const [op, list] of Object.entries(faults)) server.faults.set(op, list)
  servers.push(server)
  return server
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const storeOf = (...urls: string[]) => createWebHdfsStore({ urls, user: 'clicktrail', path: '/data/events' })
const content = [Buffer.from('one '), Buffer.from('two')]
const file = 'dt=2026-11-21/hr=02/events-p00-00000000000000000000.json'

describeLandingStore('WebHDFS, faked', async () => {
  const { url } = await start()
  return () => storeOf(url)
})

test('writes a file in two steps, the bytes to the DataNode only, and asks for its length', async () => {
  const server = await start()
  const { path } = await storeOf(server.url).stage('events', content)
  expect(path).toMatch(/^\/data\/_staging\/events\/events\./)
  expect(String(server.files.get(path))).toBe('one two')
  expect(server.calls).toEqual(['CREATE', 'dn:CREATE', 'GETFILESTATUS'])
})

test('says when the storage has kept less than was sent, and leaves nothing of it', async () => {
  const server = await start({ 'dn:CREATE': ['cut'] })
  await expect(storeOf(server.url).stage('events', content)).rejects.toMatchObject({
    code: 'short_write',
    retriable: true,
  })
  expect([...server.files.keys()]).toEqual([])
})

test.each<WebHdfsFault>([
  { status: 403, exception: 'StandbyException' },
  { status: 403, exception: 'RetriableException' },
  { status: 403, exception: 'SafeModeException' },
])('asks the next NameNode after %o, and that one first from then on', async fault => {
  const [standby, active] = [await start({ CREATE: [fault] }), await start()]
  const store = storeOf(standby.url, active.url)
  await store.stage('events', content)
  await store.stage('events', content)
  expect(standby.calls).toEqual(['CREATE'])
  expect(active.files.size).toBe(2)
})

test('passes over a NameNode that is gone', async () => {
  const [gone, active] = [await start(), await start()]
  await gone.close()
  const store = storeOf(gone.url, active.url)
  expect(await store.land(await store.stage('events', content), file)).toBe('landed')
})

test('is unavailable when every NameNode is on standby or gone, each asked once', async () => {
  const fault: WebHdfsFault = { status: 403, exception: 'StandbyException' }
  const [one, other] = [await start({ LISTSTATUS: [fault, fault] }), await start({ LISTSTATUS: [fault, fault] })]
  const store = storeOf(one.url, other.url, 'http://127.0.0.1:1')
  await expect(store.list('')).rejects.toMatchObject({ code: 'unavailable', retriable: true })
  expect([one.calls.length, other.calls.length]).toEqual([1, 1])
})

test('does not repeat a rename of which the answer never came', async () => {
  const [one, other] = [await start({ RENAME: ['reset'] }), await start()]
  const store = storeOf(one.url, other.url)
  const staged = await store.stage('events', content)
  await expect(store.land(staged, file)).rejects.toMatchObject({ code: 'unavailable' })
  expect(one.calls.filter(op => op === 'RENAME')).toHaveLength(1)
  expect(other.calls).toEqual([])
})

test.each([
  '{"FileStatuses":{"FileStatus":[{"pathSuffix":"dt=2026-11-21","type":"DIREC',
  '{"FileStatuses":{"FileStatus":[\n{"RemoteException":{"exception":"RetriableException","message":"x"}}',
  '{"RemoteException":{"exception":"IOException","message":"x"}}',
])('takes a listing that broke off after its 200 for a storage that is away: %s', async body => {
  const server = await start({ LISTSTATUS: [{ status: 200, body }] })
  await expect(storeOf(server.url).list('')).rejects.toMatchObject({ code: 'unavailable', retriable: true })
})

test('takes a DataNode that is gone for a storage that is away', async () => {
  const server = await start({ 'dn:CREATE': ['reset'] })
  await expect(storeOf(server.url).stage('events', content)).rejects.toMatchObject({ code: 'unavailable' })
})

test('does not wait for a right that is missing', async () => {
  const server = await start({ CREATE: [{ status: 403, exception: 'AccessControlException' }] })
  await expect(storeOf(server.url).stage('events', content)).rejects.toMatchObject({
    code: 'unauthorized',
    retriable: false,
  })
})

test('says so when the server renamed without renameoptions', async () => {
  const server = await start({ RENAME: [{ status: 200, body: '{"boolean":false}' }] })
  const store = storeOf(server.url)
  await expect(store.land(await store.stage('events', content), file)).rejects.toMatchObject({ code: 'invalid' })
})

test.each(['events', '/', ''])("refuses '%s' as a table", path => {
  expect(() => createWebHdfsStore({ urls: ['http://127.0.0.1:1'], user: 'x', path })).toThrow('must be absolute')
})
