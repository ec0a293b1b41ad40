import { afterEach, expect, test } from 'vitest'
import { createWebHdfsStore } from '../../../../../consumers/hdfs/webhdfs/store.ts'
import { describeLandingStore } from '../../../../support/describe-landing-store.ts'
import {
  type FakeWebHdfs,
  type FakeWebHdfsOptions,
  startFakeWebHdfs,
} from '../../../../support/fake-webhdfs/fake-webhdfs.ts'

const fakes: FakeWebHdfs[] = []
async function start(options?: FakeWebHdfsOptions): Promise<FakeWebHdfs> {
  const fake = await startFakeWebHdfs(options)
  fakes.push(fake)
  return fake
}
afterEach(async () => {
  await Promise.all(fakes.splice(0).map(fake => fake.close()))
})

const storeOf = (fake: FakeWebHdfs) => createWebHdfsStore({ urls: fake.urls, user: 'clicktrail', path: '/data/events' })
const content = [Buffer.from('one '), Buffer.from('two')]
const file = 'dt=2026-11-21/hr=02/events-p00-00000000000000000000.json'

describeLandingStore('WebHDFS, faked', async () => {
  const fake = await start({ nameNodes: 2, dataNodes: 3 })
  return () => storeOf(fake)
})

test('writes a file in two steps, the bytes to the DataNode only, and asks for its length', async () => {
  const fake = await start()
  const { path } = await storeOf(fake).stage('events', content)
  expect(path).toMatch(/^\/data\/_staging\/events\/events\./)
  expect(String(fake.tree.files.get(path))).toBe('one two')
  expect(fake.calls).toEqual(['CREATE', 'dn:CREATE', 'GETFILESTATUS'])
})

test('lands a file with four NameNode operations', async () => {
  const fake = await start()
  const store = storeOf(fake)
  expect(await store.land(await store.stage('events', content), file)).toBe('landed')
  expect(fake.calls.filter(op => !op.startsWith('dn:'))).toEqual(['CREATE', 'GETFILESTATUS', 'MKDIRS', 'RENAME'])
})

test('says so when the server renamed without renameoptions', async () => {
  const fake = await start()
  const store = storeOf(fake)
  fake.failNext('RENAME', { status: 200, body: '{"boolean":false}' })
  await expect(store.land(await store.stage('events', content), file)).rejects.toMatchObject({ code: 'invalid' })
})

test.each(['events', '/', ''])("refuses '%s' as a table", path => {
  expect(() => createWebHdfsStore({ urls: ['http://127.0.0.1:1'], user: 'x', path })).toThrow('must be absolute')
})
