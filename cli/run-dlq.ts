import type { Letter, Place } from '../consumers/dlq/letter.ts'
import { readLetter } from '../consumers/dlq/replay.ts'
import { settledFrom } from '../consumers/dlq/settled.ts'
import { survey } from '../consumers/dlq/survey.ts'
import type { Config } from './config/config.ts'
import { type Letters, openLetters } from './open/letters.ts'
import { filterWords, wantedBy } from './options/letter-filter.ts'
import { printedLetter, printedSurvey } from './print/letter.ts'

type Flags = Readonly<Record<string, unknown>>

/** The letter that was asked for; undefined where none was. Rejects when none lies there. */
export async function letterAt({ log }: Letters, at: unknown): Promise<Letter | undefined> {
  if (!isPlace(at)) return undefined
  const letter = await readLetter(log, at)
  if (letter) return letter
  const has = await Promise.all(
    log.partitions.map(async partition => {
      const { low, high } = await log.bounds(partition)
      return high > low ? `${partition}:${low} to ${partition}:${high - 1}` : `none in partition ${partition}`
    }),
  )
  throw new Error(`no letter lies at ${at.partition}:${at.offset} of ${log.topic}. It holds: ${has.join(', ')}`)
}

function isPlace(at: unknown): at is Place {
  return typeof at === 'object' && at !== null && 'partition' in at && 'offset' in at
}

/** Prints what there is. */
export async function runList(config: Config, flags: Flags): Promise<void> {
  const letters = await openLetters(config, 'look')
  try {
    const found = await survey(letters.log, wantedBy(flags))
    process.stdout.write(
      flags['json'] === true
        ? `${JSON.stringify(found, null, 2)}\n`
        : printedSurvey(found, letters.log.topic, filterWords(flags)),
    )
  } finally {
    await letters.close()
  }
}

/** Prints one letter, or its value's bytes. */
export async function runShow(config: Config, { at, value }: Flags): Promise<void> {
  const letters = await openLetters(config, 'look')
  const { log } = letters
  try {
    const letter = await letterAt(letters, at)
    if (!letter) return
    if (value === true) {
      process.stdout.write(letter.value)
      return
    }
    const { partition, offset } = letter.at
    const settled = settledFrom(await log.committed(partition), await log.bounds(partition))
    process.stdout.write(printedLetter(letter, { topic: log.topic, done: settled.has(offset) }))
  } finally {
    await letters.close()
  }
}
