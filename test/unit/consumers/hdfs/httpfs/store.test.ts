import { afterEach, expect, test } from 'vitest'
import { createHttpFsStore } from '../../../../../consumers/hdfs/httpfs/store.ts'
import { describeLandingStore } from '../../../../support/describe-landing-store.ts'
import { type FakeWebHdfs, startFakeWebHdfs } from '../../../../support/fake-webhdfs/fake-webhdfs.ts'

const servers: FakeWebHdfs[] = []
async function start(): Promise<FakeWebHdfs> {
  const server = await startFakeWebHdfs({ kind: 'httpfs' })
  servers.push(server)
  return server
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const storeOf = ({ urls }: FakeWebHdfs) => createHttpFsStore({ urls, user: 'clicktrail', path: '/data/events' })
const content = [Buffer.from('one')]

describeLandingStore('HttpFS, faked', async () => {
  const server = await start()
  return () => storeOf(server)
})

test('writes a file in one step', async () => {
  const server = await start()
  await storeOf(server).stage('events', content)
  expect(server.calls).toEqual(['CREATE', 'GETFILESTATUS'])
})

test('makes the folder before it renames, and takes a rename that says no for lost when the file is there', async () => {
  const server = await start()
  const store = storeOf(server)
  const staged = await store.stage('events', content)
  server.tree.files.set('/data/events/hr=02/x.json', Buffer.from('other'))
  server.calls.length = 0
  expect(await store.land(staged, 'hr=02/x.json')).toBe('lost')
  expect(server.calls).toEqual(['MKDIRS', 'RENAME', 'GETFILESTATUS'])
})

test('does not take a rename that says no for lost when no file is there', async () => {
  const server = await start()
  const store = storeOf(server)
  const staged = await store.stage('events', content)
  server.failNext('RENAME', { status: 200, body: '{"boolean":false}' })
  await expect(store.land(staged, 'hr=02/x.json')).rejects.toMatchObject({ code: 'refused', retriable: true })
})

test.each(['reset', 'lost', 'cut', 'killed'] as const)('leaves nothing of an upload that ends as %s', async fault => {
  const server = await start()
  server.failNext('CREATE', fault)
  await expect(storeOf(server).stage('events', content)).rejects.toMatchObject({ code: 'unavailable' })
  expect([...server.tree.files.keys()]).toEqual([])
  await storeOf(server).stage('events', content)
})

test('takes a file that fell short for what it is, and removes it', async () => {
  const server = await start()
  server.failNext('CREATE', 'short')
  await expect(storeOf(server).stage('events', content)).rejects.toMatchObject({ code: 'short_write' })
  expect([...server.tree.files.keys()]).toEqual([])
})

test('goes on with the other server when one is down', async () => {
  const server = await startFakeWebHdfs({ kind: 'httpfs', nameNodes: 2 })
  servers.push(server)
  const store = storeOf(server)
  await store.stage('events', content)
  await server.nameNodes[0]?.become('down')
  expect(await store.land(await store.stage('events', content), 'hr=02/x.json')).toBe('landed')
})
