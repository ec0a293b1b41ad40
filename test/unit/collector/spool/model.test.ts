import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createBatcher } from '../../../../collector/sending/batcher.ts'
import { createBreakers } from '../../../../collector/sending/breakers.ts'
import { openSpool, unknownPartition } from '../../../../collector/spool/spool.ts'
import { TopicError } from '../../../../topic/topic.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'
import { until } from '../../../support/until.ts'

const partitions = 3
const maxBytes = 20_000
const logger = pino({ level: 'silent' })

type Mood = 'up' | 'away' | 'answer lost' | 'slow'
type Step =
  | { do: 'append'; partition: number; count: number; bytes: number }
  | { do: 'mood'; mood: Mood }
  | { do: 'restart' }
  | { do: 'wait'; ms: number }

const append = fc.record({
  do: fc.constant('append' as const),
  partition: fc.integer({ min: -1, max: partitions - 1 }),
  count: fc.integer({ min: 1, max: 5 }),
  bytes: fc.integer({ min: 0, max: 1_500 }),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: append },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('mood' as const),
      mood: fc.constantFrom<Mood>('up', 'away', 'answer lost', 'slow'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(20) }) },
)

/** A topic of a changing mood, and what it has on each partition. */
function moodyTopic() {
  let mood: Mood = 'up'
  const taken: { partition: number; text: string }[] = []
  const writer = createFakeTopicWriter({
    partitions,
    async onAppend(partition, records) {
      if (mood === 'away') throw new TopicError('unavailable', 'away')
      const after = mood
      if (after === 'slow') await wait(10)
      for (const { value } of records) taken.push({ partition, text: `${value}` })
      if (after === 'answer lost') throw new TopicError('unavailable', 'reset')
    },
  })
  return { writer, taken, turn: (next: Mood) => (mood = next) }
}

function openIn(dir: string, writer: ReturnType<typeof createFakeTopicWriter>) {
  const breakers = createBreakers({ logger, firstWaitMs: 2, maxWaitMs: 10 })
  return openSpool({ dir, maxBytes, writer, logger, breakers, drainBytesPerSecond: 50_000_000, closeMs: 0 })
}

interface Offered {
  partition: number
  texts: string[]
}

function offer(step: Step & { do: 'append' }, at: number): Offered {
  const texts = Array.from({ length: step.count }, (_, n) =>
    JSON.stringify({ tab: { id: `tab-${at}` }, n, filling: 'x'.repeat(step.bytes) }),
  )
  return { partition: step.partition, texts }
}

/** Where records must be: those that came without a partition may be on any. */
const lines = ({ partition, texts }: Offered) => texts.map(text => (partition < 0 ? text : `${partition} ${text}`))

test('a spool sends each record that it took to its partition, in order, no other, and holds its bound, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
      const dir = mkdtempSync(join(tmpdir(), 'clicktrail-spool-model-'))
      const { writer, taken, turn } = moodyTopic()
      let spool = openIn(dir, writer)
      const took: Offered[] = []
      try {
        for (const [at, step] of steps.entries()) {
          if (step.do === 'mood') turn(step.mood)
          else if (step.do === 'wait') await wait(step.ms)
          else if (step.do === 'restart') {
            await spool.close()
            spool = openIn(dir, writer)
          } else {
            const offered = offer(step, at)
            const partition = step.partition < 0 ? unknownPartition : step.partition
            const values = offered.texts.map(text => Buffer.from(text))
            if (await spool.append(partition, values)) took.push(offered)
            expect(spool.bytes()).toBeLessThanOrEqual(maxBytes)
          }
        }
        turn('up')
        await until(() => spool.bytes() === 0, { what: 'the spool to be empty', everyMs: 2 })
      } finally {
        await spool.close()
        rmSync(dir, { recursive: true, force: true })
      }
      // Of a record that was sent again, the first copy counts.
      const textsOf = (partition: number) => took.filter(row => row.partition === partition).flatMap(row => row.texts)
      const anywhere = new Set(textsOf(-1))
      for (let partition = 0; partition < partitions; partition++) {
        const there = taken.filter(record => record.partition === partition && !anywhere.has(record.text))
        expect([...new Set(there.map(({ text }) => text))]).toEqual(textsOf(partition))
      }
      const all = new Set(taken.map(({ text }) => text))
      expect([...anywhere].filter(text => !all.has(text))).toEqual([])
    }),
    { numRuns: 40, interruptAfterTimeLimit: 25_000 },
  )
}, 60_000)

test('a batcher with a spool puts each request that it acknowledged on its partition, and none that it refused as too much', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const dir = mkdtempSync(join(tmpdir(), 'clicktrail-spool-model-'))
      const { writer, taken, turn } = moodyTopic()
      const open = () => {
        const spool = openIn(dir, writer)
        const limits = { lingerMs: 1, maxRecords: 8, deadlineMs: 6, closeDeadlineMs: 3, maxInFlightBytes: 30_000 }
        return { spool, batcher: createBatcher({ writer, spool, logger, ...limits }) }
      }
      let { spool, batcher } = open()
      const offers: Offered[] = []
      const outcomes: Promise<string>[] = []
      try {
        for (const [at, step] of steps.entries()) {
          if (step.do === 'mood') turn(step.mood)
          else if (step.do === 'wait') await wait(step.ms)
          else if (step.do === 'restart') {
            await batcher.close()
            await spool.close()
            ;({ spool, batcher } = open())
          } else {
            const offered = offer(step, at)
            offers.push(offered)
            const values = offered.texts.map(text => Buffer.from(text))
            outcomes.push(batcher.append(step.partition, values).then(({ outcome }) => outcome))
          }
        }
        turn('up')
        await batcher.close()
        await until(() => spool.bytes() === 0, { what: 'the spool to be empty', everyMs: 2 })
        await until(() => batcher.inFlightBytes() === 0, { what: 'the last sends to be over', everyMs: 2 })
      } finally {
        await batcher.close()
        await spool.close()
        rmSync(dir, { recursive: true, force: true })
      }
      const there = new Set(taken.flatMap(({ partition, text }) => [text, `${partition} ${text}`]))
      for (const [at, outcome] of (await Promise.all(outcomes)).entries()) {
        const homes = lines(offers[at] ?? { partition: 0, texts: [] })
        if (outcome === 'acknowledged') expect(homes.filter(home => !there.has(home))).toEqual([])
        if (outcome === 'overloaded') expect(homes.filter(home => there.has(home))).toEqual([])
      }
      const offered = new Set(offers.flatMap(lines))
      expect(taken.filter(({ partition, text }) => !offered.has(text) && !offered.has(`${partition} ${text}`))).toEqual(
        [],
      )
    }),
    { numRuns: 40, interruptAfterTimeLimit: 25_000 },
  )
}, 60_000)
