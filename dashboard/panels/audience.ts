import type { AudienceAnswer } from '../answers.ts'
import type { Selected } from './rows.ts'

/** With what visitors come: events by browser, system, device and language. A device that says nothing is a computer. */
export async function readAudience({ tally }: Selected): Promise<AudienceAnswer> {
  const device = `CASE WHEN user_agent.bot THEN 'bot' WHEN user_agent.device.type IS NOT NULL THEN user_agent.device.type
    WHEN user_agent.name IS NULL THEN 'unknown' ELSE 'computer' END`
  return {
    browsers: await tally("coalesce(user_agent.name, 'unknown')", { limit: 20 }),
    systems: await tally("coalesce(user_agent.os.name, 'unknown')", { limit: 20 }),
    devices: await tally(device, { limit: 20 }),
    languages: await tally("coalesce(page.language, 'unknown')", { limit: 20 }),
  }
}
