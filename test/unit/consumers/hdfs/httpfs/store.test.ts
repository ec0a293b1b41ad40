import { afterEach, expect, test } from 'vitest'
import { createHttpFsStore } from '../../../../../consumers/hdfs/httpfs/store.ts'
import { describeLandingStore } from '../../../../support/describe-landing-store.ts'
import { type FakeWebHdfs, startFakeWebHdfs } from '../../../../support/fake-webhdfs.ts'

const servers: FakeWebHdfs[] = []
async function start(): Promise<FakeWebHdfs> {
  const server = await startFakeWebHdfs('httpfs')
  servers.push(server)
  return server
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const storeOf = (url: string) => createHttpFsStore({ urls: [url], user: 'clicktrail', path: '/data/events' })
const content = [Buffer.from('one')]

describeLandingStore('HttpFS, faked', async () => {
  const { url } = await start()
  return () => storeOf(url)
})

test('writes a file in one step', async () => {
  const server = await start()
  await storeOf(server.url).stage('events', content)
  expect(server.calls).toEqual(['CREATE', 'GETFILESTATUS'])
})

test('makes the folder before it renames, and takes a rename that says no for lost when the file is there', async () => {
  const server = await start()
  const store = storeOf(server.url)
  const staged = await store.stage('events', content)
  server.files.set('/data/events/hr=02/x.json', Buffer.from('other'))
  server.calls.length = 0
  expect(await store.land(staged, 'hr=02/x.json')).toBe('lost')
  expect(server.calls).toEqual(['MKDIRS', 'RENAME', 'GETFILESTATUS'])
})

test('does not take a rename that says no for lost when no file is there', async () => {
  const server = await start()
  const store = storeOf(server.url)
  const staged = await store.stage('events', content)
  server.faults.set('RENAME', [{ status: 200, body: '{"boolean":false}' }])
  await expect(store.land(staged, 'hr=02/x.json')).rejects.toMatchObject({ code: 'refused', retriable: true })
})
