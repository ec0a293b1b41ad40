import { expect, it } from 'vitest'
import { untilAborted } from '../../../consumers/until-aborted.ts'

const forever = new Promise<number>(() => {})

it("is the promise's outcome", async () => {
  const { signal } = new AbortController()
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
  await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
})

it('rejects with the reason when the signal aborts first, or has', async () => {
  const controller = new AbortController()
  const waiting = untilAborted(forever, controller.signal)
  controller.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  await expect(untilAborted(forever, controller.signal)).rejects.toThrow('gone')
})
