import { expect, test, vi } from 'vitest'
import { createInFlight } from '../../../../collector/http/in-flight.ts'

test('is idle at once when nothing runs', async () => {
  await createInFlight().idle(1_000_000)
})

test('is idle when the last work has ended, even in failure', async () => {
  const inFlight = createInFlight()
  let end = () => {}
  const first = inFlight.run(() => Promise.reject(new Error('failed')))
  const second = inFlight.run(
    () =>
      new Promise<void>(resolve => {
        end = resolve
      }),
  )
  const idle = vi.fn()
  const waiting = inFlight.idle(1_000_000).then(idle)
  await expect(first).rejects.toThrow('failed')
  expect(idle).not.toHaveBeenCalled()
  end()
  await second
  await waiting
})

test('does not wait longer than it is told', async () => {
  vi.useFakeTimers()
  const inFlight = createInFlight()
  void inFlight.run(() => new Promise<void>(() => {}))
  const idle = inFlight.idle(3_000)
  await vi.advanceTimersByTimeAsync(3_000)
  await idle
  vi.useRealTimers()
})
