import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createLocalStore } from '../../../../../consumers/hdfs/local/store.ts'
import { describeLandingStore } from '../../../../support/describe-landing-store.ts'
import { createMemoryStorage } from '../../../../support/memory-landing-store.ts'

const made: string[] = []
async function newTable(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'clicktrail-landing-'))
  made.push(root)
  return join(root, 'data', 'events')
}
afterAll(() => Promise.all(made.map(root => rm(root, { recursive: true }))))

describeLandingStore('local folder', async () => {
  const dir = await newTable()
  return () => createLocalStore({ dir })
})

describeLandingStore('memory', async () => {
  const storage = createMemoryStorage()
  return () => storage.store()
})

test('leaves no second name of a landed file behind', async () => {
  const dir = await newTable()
  const store = createLocalStore({ dir })
  await store.land(await store.stage('events', [Buffer.from('x')]), 'dt=2026-11-21/hr=02/x.json')
  expect(await readdir(join(dir, '..', '_staging', 'events'))).toEqual([])
})

test('leaves nothing of an upload that failed, and says why it failed', async () => {
  const dir = await newTable()
  const store = createLocalStore({ dir })
  const chunks = Object.assign([Buffer.from('x')], {
    *[Symbol.iterator]() {
      yield Buffer.from('x')
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    },
  })
  await expect(store.stage('events', chunks)).rejects.toMatchObject({ code: 'no_room' })
  expect(await readdir(join(dir, '..', '_staging', 'events'))).toEqual([])
})

test('says that a table in a file can never be written', async () => {
  const dir = await newTable()
  const store = createLocalStore({ dir })
  await store.land(await store.stage('events', [Buffer.from('x')]), 'file')
  const inside = createLocalStore({ dir: join(dir, 'file', 'events') })
  await expect(inside.stage('events', [])).rejects.toMatchObject({ code: 'invalid', retriable: false })
})
