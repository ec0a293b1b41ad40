import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockStands, takeOwnership } from '../../../../topic/embedded/owner-lock.ts'

const owner = { id: 'x', pid: 4_242, host: 'here', birth: '100' }
const facts = { sameHost: true, heldHere: false, alive: true, birth: '100', untouchedMs: 0 }

describe('lockStands', () => {
  test.each([
    ['its process runs', {}, true],
    ['its process is gone', { alive: false }, false],
    ['its pid was given to another process', { birth: '200' }, false],
    ['nobody can tell when the process began', { birth: undefined }, true],
    ['this process holds it', { heldHere: true, alive: false }, true],
    ['another host touched it just now', { sameHost: false, alive: false, untouchedMs: 19_999 }, true],
    ['another host did not touch it for 20 s', { sameHost: false, untouchedMs: 20_000 }, false],
  ])('when %s', (_, changed, expected) => expect(lockStands(owner, { ...facts, ...changed })).toBe(expected))

  test('is over when it names this pid but is not held here: a container that began again', () =>
    expect(lockStands({ ...owner, pid: process.pid }, facts)).toBe(false))
})

describe('takeOwnership', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'clicktrail-lock-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  test('is exclusive until it is released, and leaves no file behind', () => {
    const path = join(dir, 'owner.lock')
    const release = takeOwnership(path, 'The log')
    expect(() => takeOwnership(path, 'The log')).toThrow(`The log is in use by process ${process.pid}`)
    release()
    takeOwnership(path, 'The log')()
    expect(readdirSync(dir)).toEqual([])
  })

  test.each([
    ['of a process that is gone', JSON.stringify({ id: 'old', pid: 2 ** 22 + 1, host: hostname() })],
    ['that nobody can read', '{'],
  ])('takes over a lock %s', (_, content) => {
    const path = join(dir, 'owner.lock')
    writeFileSync(path, content)
    takeOwnership(path, 'The log')()
    expect(readdirSync(dir)).toEqual([])
  })
})
