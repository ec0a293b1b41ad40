import { expect, test } from 'vitest'
import { type AuditReport, audit } from '../../../../consumers/audit/audit.ts'
import { commitMetadata } from '../../../../consumers/sink.ts'
import { auditLogOf, documentsOf } from '../../../support/audit-peers.ts'
import { eventRecord, logRecord, logRecords, tabOf } from '../../../support/log-records.ts'

// A topic that was made again under the same name, of which nobody has told the audit: its generation is 1 as before.
const nameOf = (offset: number) => eventRecord({ tab: tabOf(0), sequence: offset + 1_001 }).event.id
const again = (count: number) =>
  Array.from({ length: count }, (_, offset) => logRecord(0, offset, { sequence: offset + 1_001 }))
const missed = ({ findings }: AuditReport) =>
  findings.flatMap(({ events }) => events.map(({ offset, eventId }) => `${offset} ${eventId}`))

test('lets a document of the earlier topic fill no hole where a block has two at one offset', async () => {
  const log = auditLogOf([again(30)])
  const documents = documentsOf([[...logRecords(0, 0, 10), ...again(30)]])
  expect(missed(await audit({ log, documents }))).toEqual([])
  documents.stored.delete(nameOf(4))
  const report = await audit({ log, documents })
  expect(missed(report)).toEqual([`4 ${nameOf(4)}`])
  expect(report.partitions[0]?.elasticsearch).toMatchObject({ stored: 29, missing: 1, explained: 0 })
})

test('believes no number where the last document is not the event that the commit names', async () => {
  const log = auditLogOf([again(10)])
  const documents = documentsOf([logRecords(0, 0, 30)])
  log.names.set(0, commitMetadata(1_763_693_084_123, nameOf(9)))
  expect(missed(await audit({ log, documents }))).toHaveLength(10)
})

test.each([
  ['that it has', `1763693084123 ${nameOf(9)}`],
  ['without a name', '1763693084123 (nameless)'],
])('reads nothing for a last event %s', async (_, name) => {
  const log = auditLogOf([again(10)])
  log.names.set(0, name)
  log.read = () => {
    throw new Error('was read')
  }
  const report = await audit({ log, documents: documentsOf([again(10)]) })
  expect(report.partitions[0]?.elasticsearch?.stored).toBe(10)
})
