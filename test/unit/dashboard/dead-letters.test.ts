import { expect, test, vi } from 'vitest'
import { createDeadLetters } from '../../../dashboard/dead-letters.ts'

const row = {
  sink: 'hdfs',
  reason: 'undecodable',
  letters: 1,
  waiting: 1,
  firstMs: 1,
  lastMs: 1,
  example: { name: '0:0', message: 'no JSON' },
}

test('without a way to the letters it says that there is none', async () => {
  expect(await createDeadLetters(undefined).read(0)).toEqual({ available: false })
})

test('those who ask at the same time share one reading, and so do those who ask soon after', async () => {
  const survey = vi.fn(async () => [row])
  const letters = createDeadLetters(survey, 1_000)
  const answer = { available: true, rows: [row], readMs: 0 }
  expect(await Promise.all([letters.read(0), letters.read(0), letters.read(5)])).toEqual([answer, answer, answer])
  expect(await letters.read(999)).toEqual(answer)
  expect(survey).toHaveBeenCalledTimes(1)
  expect(await letters.read(1_000)).toMatchObject({ readMs: 1_000 })
})

test('a failure is told, and tried again when asked again', async () => {
  const survey = vi.fn(async () => [row]).mockRejectedValueOnce(new Error('no broker'))
  const letters = createDeadLetters(survey)
  await expect(letters.read(0)).rejects.toThrow('no broker')
  expect(await letters.read(1)).toMatchObject({ available: true })
})
