import { expect, it } from 'vitest'
import { createInFlight, type InFlight, type Slot } from '../../../../consumers/elasticsearch/in-flight.ts'

const signal = () => new AbortController().signal
const enter = (inFlight: InFlight, count: number) =>
  Promise.all(Array.from({ length: count }, () => inFlight.enter(signal())))

/** So many requests, all taken, of which there are always more than the limit admits. */
async function grow(inFlight: InFlight, requests: number): Promise<void> {
  const slots = Array.from({ length: requests }, () => inFlight.enter(signal()))
  for (const slot of slots) (await slot).leave('taken')
}

/** Refusals one after another. */
async function refuse(inFlight: InFlight, requests: number): Promise<void> {
  for (let n = 0; n < requests; n++) (await inFlight.enter(signal())).leave('crowded')
}

it('begins with as many as it may', () => {
  expect(createInFlight(8).limit).toBe(8)
})

it('never lets in more than the limit, and the others in the order of asking', async () => {
  const inFlight = createInFlight(2)
  const entered: number[] = []
  const slots: Slot[] = []
  const asked = [0, 1, 2, 3].map(async n => {
    slots.push(await inFlight.enter(signal()))
    entered.push(n)
  })
  await Promise.all(asked.slice(0, 2))
  expect(entered).toEqual([0, 1])
  slots[1]?.leave('taken')
  await asked[2]
  expect(entered).toEqual([0, 1, 2])
})

it('grows by about one a round that is taken, up to its maximum', async () => {
  const inFlight = createInFlight(6)
  await refuse(inFlight, 3)
  expect(inFlight.limit).toBe(1)
  await grow(inFlight, 8)
  expect(inFlight.limit).toBeGreaterThanOrEqual(3)
  expect(inFlight.limit).toBeLessThanOrEqual(4)
  await grow(inFlight, 60)
  expect(inFlight.limit).toBe(6)
})

it('does not grow while it is not used up', async () => {
  const inFlight = createInFlight(8)
  await refuse(inFlight, 2)
  for (let n = 0; n < 50; n++) (await inFlight.enter(signal())).leave('taken')
  expect(inFlight.limit).toBe(2)
})

it('halves once for all requests that were on their way together, and never below one', async () => {
  const inFlight = createInFlight(8)
  for (const slot of await enter(inFlight, 8)) slot.leave('crowded')
  expect(inFlight.limit).toBe(4)
  for (let n = 0; n < 5; n++) for (const slot of await enter(inFlight, inFlight.limit)) slot.leave('crowded')
  expect(inFlight.limit).toBe(1)
})

it('gives up a place in the queue with the signal, and lets the next one in', async () => {
  const inFlight = createInFlight(1)
  const first = await inFlight.enter(signal())
  const controller = new AbortController()
  const second = inFlight.enter(controller.signal)
  const third = inFlight.enter(signal())
  controller.abort(new Error('no longer ours'))
  await expect(second).rejects.toThrow('no longer ours')
  first.leave('taken')
  await third
  await expect(inFlight.enter(controller.signal)).rejects.toThrow('no longer ours')
})
