import { z } from 'zod'
import type { EventRecord, KafkaPosition } from '../../topic/record.ts'

/** Why an `_id` is there already: the same record again, another copy of the same event, or a different event. */
export type Conflict = 'redelivery' | 'copy' | 'conflict'

/** Fields of the stored document that tell. */
export const conflictFields = [
  'kafka',
  'site',
  'tab.id',
  'event.sequence',
  'event.action',
  'url.full',
  'properties',
] as const

const storedSchema = z.object({
  kafka: z.object({ topic: z.string(), partition: z.number(), offset: z.number() }).optional(),
  site: z.string().optional(),
  tab: z.object({ id: z.string().optional() }).optional(),
  event: z.object({ sequence: z.number().optional(), action: z.string().optional() }).optional(),
  url: z.object({ full: z.string().optional() }).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
})

/**
 * Compares our record, at `kafka`, with the document that has its `_id`. The same place on the log is a redelivery; the same
 * site, tab, sequence, action, URL and properties are a copy, whatever the collector added; the rest is a conflict.
 */
export function conflictOf(ours: EventRecord, kafka: KafkaPosition, stored: unknown): Conflict {
  const parsed = storedSchema.safeParse(stored)
  if (!parsed.success) return 'conflict'
  const { data: theirs } = parsed
  const place = theirs.kafka
  if (place && place.topic === kafka.topic && place.partition === kafka.partition && place.offset === kafka.offset)
    return 'redelivery'
  const same =
    theirs.site === ours.site &&
    theirs.tab?.id === ours.tab.id &&
    theirs.event?.sequence === ours.event.sequence &&
    theirs.event.action === ours.event.action &&
    theirs.url?.full === ours.url?.full &&
    sameProperties(ours.properties ?? {}, theirs.properties ?? {})
  return same ? 'copy' : 'conflict'
}

function sameProperties(ours: Record<string, unknown>, theirs: Record<string, unknown>): boolean {
  const names = Object.keys(ours)
  return names.length === Object.keys(theirs).length && names.every(name => ours[name] === theirs[name])
}
