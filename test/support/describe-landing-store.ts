import { beforeEach, describe, expect, test } from 'vitest'
import type { LandingStore } from '../../consumers/hdfs/store.ts'

const folder = 'dt=2026-11-21/hr=02'
const path = `${folder}/events-p00-00000000000000000000.json`

/** What every landing store promises. `open` gives a store over a table that does not exist yet, with one handle for each writer. */
export function describeLandingStore(name: string, open: () => Promise<(handle: number) => LandingStore>): void {
  describe(`landing store: ${name}`, () => {
    let store: LandingStore
    let other: LandingStore

    beforeEach(async () => {
      const handles = await open()
      store = handles(0)
      other = handles(1)
    })

    const stage = (text: string, writer = store) => writer.stage('events', [Buffer.from(text)])
    const lengthOf = async (file: string) => {
      const entries = await store.list(file.slice(0, file.lastIndexOf('/')))
      return entries.find(entry => file.endsWith(`/${entry.name}`))?.length
    }
    const readAll = async (file: string) => (await store.read(file, 0, (await lengthOf(file)) ?? -1)).toString()

    test('lists a table or a folder that does not exist as empty', async () => {
      expect(await store.list('')).toEqual([])
      expect(await store.list(folder)).toEqual([])
    })

    test('lands a staged file in a new folder, with its length and content', async () => {
      const staged = await store.stage('events', [Buffer.from('one '), Buffer.from('zwei '), Buffer.from('drei é')])
      expect(await store.land(staged, path)).toBe('landed')
      expect(await store.list('')).toEqual([{ name: 'dt=2026-11-21', directory: true, length: 0 }])
      expect(await store.list('dt=2026-11-21')).toEqual([{ name: 'hr=02', directory: true, length: 0 }])
      expect(await store.list(folder)).toEqual([{ name: path.split('/')[2], directory: false, length: 16 }])
      expect(await readAll(path)).toBe('one zwei drei é')
    })

    test('reads any part of a file', async () => {
      await store.land(await stage('0123456789'), path)
      expect((await store.read(path, 7, 3)).toString()).toBe('789')
      expect((await store.read(path, 0, 1)).toString()).toBe('0')
    })

    test('keeps a staged file out of the table', async () => {
      await stage('staged')
      expect(await store.list('')).toEqual([])
    })

    test('refuses to land where a file lies, and leaves that as it is', async () => {
      await store.land(await stage('first'), path)
      expect(await other.land(await stage('second', other), path)).toBe('lost')
      expect(await readAll(path)).toBe('first')
    })

    test('lets exactly one of many win', async () => {
      const texts = ['a', 'bb', 'ccc', 'dddd', 'eeeee']
      const staged = await Promise.all(texts.map((text, index) => stage(text, index % 2 ? store : other)))
      const answers = await Promise.all(staged.map((one, index) => (index % 2 ? store : other).land(one, path)))
      expect(answers.filter(answer => answer === 'landed')).toHaveLength(1)
      expect(answers.filter(answer => answer === 'lost')).toHaveLength(texts.length - 1)
      expect(await readAll(path)).toBe(texts[answers.indexOf('landed')])
    })

    test('lands nothing of a staged file that is gone', async () => {
      const staged = await stage('gone')
      await other.discard(staged)
      await expect(store.land(staged, path)).rejects.toMatchObject({ name: 'StoreError', retriable: true })
      expect(await lengthOf(path)).toBeUndefined()
    })

    test('discards a staged file twice without complaint', async () => {
      const staged = await stage('x')
      await store.discard(staged)
      await expect(store.discard(staged)).resolves.toBeUndefined()
    })

    test('says that a file to be read does not exist', async () => {
      await expect(store.read(path, 0, 1)).rejects.toMatchObject({ name: 'StoreError', code: 'not_found' })
    })

    test('removes staged files that are old, and only those', async () => {
      const staged = await stage('mine')
      expect(await other.removeStagedBefore(Date.now() - 3_600_000)).toBe(0)
      expect(await other.removeStagedBefore(Date.now() + 3_600_000)).toBe(1)
      await expect(store.land(staged, path)).rejects.toMatchObject({ name: 'StoreError' })
    })

    test('lists what lies staged, with length and time', async () => {
      const staged = await stage('four')
      expect(await other.listStaged()).toEqual([{ path: staged.path, length: 4, writtenMs: expect.any(Number) }])
      await store.discard(staged)
      expect(await other.listStaged()).toEqual([])
    })

    test('sets a landed file aside, out of the table, under the path that it had', async () => {
      await store.land(await stage('first'), path)
      expect(await other.setAside(path, 'run-1')).toMatch(new RegExp(`run-1/${path}$`))
      expect(await lengthOf(path)).toBeUndefined()
      expect(await store.land(await stage('second'), path)).toBe('landed')
      expect(await readAll(path)).toBe('second')
    })

    test('never overwrites what was set aside before', async () => {
      await store.land(await stage('first'), path)
      await store.setAside(path, 'run-1')
      await store.land(await stage('second'), path)
      await expect(store.setAside(path, 'run-1')).rejects.toMatchObject({ name: 'StoreError', code: 'refused' })
      expect(await readAll(path)).toBe('second')
      expect(await store.setAside(path, 'run-2')).toContain('run-2/')
    })

    test('says that a file to be set aside does not exist', async () => {
      await expect(store.setAside(path, 'run-1')).rejects.toMatchObject({ name: 'StoreError', code: 'not_found' })
    })

    test('removes a folder with all in it and nothing beside it, and one that is gone without complaint', async () => {
      const beside = 'dt=2026-11-22/hr=00/events-p00-00000000000000000001.json'
      await store.land(await stage('old'), path)
      await store.land(await stage('new'), beside)
      await other.removeFolder('dt=2026-11-21')
      await other.removeFolder('dt=2026-11-21')
      expect(await store.list('')).toEqual([{ name: 'dt=2026-11-22', directory: true, length: 0 }])
      expect(await readAll(beside)).toBe('new')
    })

    test.each(['', '..', 'dt=2026-11-21/../..', '/data'])('refuses to remove %j', async folder => {
      await store.land(await stage('kept'), path)
      await expect(store.removeFolder(folder)).rejects.toMatchObject({ name: 'StoreError', code: 'invalid' })
      expect(await readAll(path)).toBe('kept')
    })

    test('takes an empty file and one of a megabyte', async () => {
      const big = Buffer.alloc(1_048_576, 'x')
      await store.land(await store.stage('events', [big]), path)
      await store.land(await store.stage('events', []), `${folder}/empty.json`)
      expect(await lengthOf(path)).toBe(big.length)
      expect((await store.read(path, 0, big.length)).equals(big)).toBe(true)
      expect(await lengthOf(`${folder}/empty.json`)).toBe(0)
    })
  })
}
