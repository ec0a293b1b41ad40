import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { visitorSecret } from '../../../../cli/open/visitor-secret.ts'

const dir = mkdtempSync(join(tmpdir(), 'clicktrail-secret-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

it('makes a secret once, for its owner only, and gives the same from then on', () => {
  const data = join(dir, 'not', 'there', 'yet')
  const secret = visitorSecret(data)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(visitorSecret(data)).toBe(secret)
  expect(statSync(join(data, 'visitor-secret')).mode & 0o777).toBe(0o600)
  expect(readdirSync(data)).toEqual(['visitor-secret'])
})

it('makes another in another folder', () => {
  expect(visitorSecret(join(dir, 'a'))).not.toBe(visitorSecret(join(dir, 'b')))
})

it.each(['', 'short\n'])('takes no secret that could be guessed: %j', kept => {
  const data = mkdtempSync(join(dir, 'guessed-'))
  mkdirSync(data, { recursive: true })
  writeFileSync(join(data, 'visitor-secret'), kept)
  expect(() => visitorSecret(data)).toThrow(/visitor-secret holds \d characters.*delete it/)
})
