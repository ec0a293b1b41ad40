import { expect, test } from 'vitest'
import { createBreaker } from '../../../../collector/sending/breaker.ts'

const steady = { random: () => 1 }

test('opens at the first failure, and gives one trial after its wait', () => {
  const breaker = createBreaker(steady)
  expect([breaker.state(), breaker.mayTry(0)]).toEqual(['closed', true])
  expect([breaker.failed(1_000), breaker.state(), breaker.waitMs(1_000)]).toEqual([true, 'open', 250])
  expect(breaker.mayTry(1_249)).toBe(false)
  expect([breaker.mayTry(1_250), breaker.state(), breaker.mayTry(1_250)]).toEqual([true, 'half_open', false])
  expect([breaker.succeeded(), breaker.state(), breaker.mayTry(1_251)]).toEqual([true, 'closed', true])
})

test('waits twice as long after each trial that fails, up to its limit, and from the start after a success', () => {
  const breaker = createBreaker(steady)
  const waits: number[] = []
  for (let at = 0, now = 0; at < 7; at++) {
    breaker.failed(now)
    waits.push(breaker.waitMs(now))
    now += breaker.waitMs(now)
    breaker.mayTry(now)
  }
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
  breaker.succeeded()
  breaker.failed(0)
  expect(breaker.waitMs(0)).toBe(250)
})

test('is not moved by failures of what was sent before it opened', () => {
  const breaker = createBreaker(steady)
  breaker.failed(0)
  expect(breaker.failed(200)).toBe(false)
  expect(breaker.waitMs(200)).toBe(50)
})

test('closes by any success, also a late one', () => {
  const breaker = createBreaker(steady)
  breaker.failed(0)
  expect([breaker.succeeded(), breaker.state(), breaker.succeeded()]).toEqual([true, 'closed', false])
})

test('gives another trial when nobody reports on the first', () => {
  const breaker = createBreaker({ ...steady, trialMs: 1_000 })
  breaker.failed(0)
  breaker.mayTry(250)
  expect([breaker.mayTry(1_249), breaker.mayTry(1_250)]).toEqual([false, true])
})

test('spreads the trials over the second half of the wait', () => {
  const breaker = createBreaker({ random: () => 0 })
  breaker.failed(0)
  expect(breaker.waitMs(0)).toBe(125)
})
