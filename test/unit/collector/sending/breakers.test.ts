import pino from 'pino'
import { expect, test } from 'vitest'
import { createBreakers } from '../../../../collector/sending/breakers.ts'

function setUp() {
  const clock = { nowMs: 0 }
  const logger = pino({ level: 'silent' })
  const breakers = createBreakers({ logger, now: () => clock.nowMs, firstWaitMs: 1_000, random: () => 1 })
  return { clock, breakers }
}
const lost = new Error('no leader')

test('the topic is not away before anything was sent', () => {
  expect(setUp().breakers.away()).toBe(false)
})

test('the topic is not away while one partition takes records, though the worst state is open', () => {
  const { breakers } = setUp()
  breakers.succeeded(0)
  breakers.failed(1, lost)
  expect([breakers.state(), breakers.away()]).toEqual(['open', false])
})

test('a partition that has taken nothing since another failed says nothing for the topic', () => {
  const { breakers, clock } = setUp()
  breakers.succeeded(0)
  clock.nowMs = 10
  breakers.failed(1, lost)
  expect(breakers.away()).toBe(true)
  breakers.succeeded(0)
  expect(breakers.away()).toBe(false)
})

test('the topic is away when no partition takes records, until one is worth a try: nobody may be sent there before', () => {
  const { breakers, clock } = setUp()
  breakers.failed(0, lost)
  breakers.failed(1, lost)
  expect(breakers.away()).toBe(true)
  clock.nowMs = 1_000
  expect([breakers.state(), breakers.away()]).toEqual(['open', false])
  expect(breakers.mayTry(0)).toBe(true)
  breakers.succeeded(0)
  expect(breakers.away()).toBe(false)
})

test('the topic stays away while trials are out, and after they have failed', () => {
  const { breakers, clock } = setUp()
  breakers.failed(0, lost)
  clock.nowMs = 1_000
  breakers.mayTry(0)
  expect([breakers.state(), breakers.away()]).toEqual(['half_open', true])
  breakers.failed(0, lost)
  expect(breakers.away()).toBe(true)
})

test('the trouble is what the last failure said, while one is not closed', () => {
  const { breakers } = setUp()
  expect(breakers.trouble()).toBeUndefined()
  breakers.failed(0, lost)
  breakers.failed(1, new Error('no right'))
  expect(breakers.trouble()).toBe('no right')
  breakers.succeeded(0)
  expect(breakers.trouble()).toBe('no right')
  breakers.succeeded(1)
  expect(breakers.trouble()).toBeUndefined()
})
