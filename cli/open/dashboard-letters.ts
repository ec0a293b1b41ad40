import { openLetterLog } from '../../consumers/dlq/letter-log.ts'
import { type SurveyRow, survey } from '../../consumers/dlq/survey.ts'
import type { Topics } from './topics.ts'

/** What is on the dead-letter topic, for the dashboard. Rejects when it can't be read. */
export async function dashboardLetters(topics: Topics): Promise<SurveyRow[]> {
  const log = await openLetterLog({ reader: topics.deadLetterReader('look') })
  try {
    return (await survey(log, () => true)).rows
  } finally {
    await log.close()
  }
}
