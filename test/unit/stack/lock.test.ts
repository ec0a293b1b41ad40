import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stackDir } from '../../../test/stack/folders.ts'
import { withLock } from '../../../test/stack/lock.ts'

const file = (name: string) => join(stackDir, 'locks', name)

test('lets one after the other in', async () => {
  const name = `unit-order-${process.pid}`
  const seen: string[] = []
  const task = (label: string) => async () => {
    seen.push(`${label} in`)
    await new Promise(resolve => setImmediate(resolve))
    seen.push(`${label} out`)
  }
  await Promise.all([withLock(name, task('a')), withLock(name, task('b'))])
  expect(seen).toEqual(['a in', 'a out', 'b in', 'b out'])
})

test('is released when the task fails', async () => {
  const name = `unit-failure-${process.pid}`
  const failing = withLock(name, () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(existsSync(file(name))).toBe(false)
})

test('takes over from a holder that died', async () => {
  const name = `unit-dead-${process.pid}`
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  mkdirSync(join(stackDir, 'locks'), { recursive: true })
  writeFileSync(file(name), String(dead))
  expect(await withLock(name, async () => 'in')).toBe('in')
})
