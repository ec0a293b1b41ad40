import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { audit } from '../../../../consumers/audit/audit.ts'
import { type AuditLogInMemory, auditLogOf, type DocumentsInMemory, documentsOf } from '../../../support/audit-peers.ts'
import { landLog } from '../../../support/land-log.ts'
import { eventRecord, logRecords, tabOf } from '../../../support/log-records.ts'
import { createMemoryStorage, type MemoryStorage } from '../../../support/memory-landing-store.ts'

let log: AuditLogInMemory
let storage: MemoryStorage
let documents: DocumentsInMemory

/** Elasticsearch refused offset 7, for example for its mapping; the files hold it. */
beforeEach(async () => {
  const records = [logRecords(0, 0, 20)]
  log = auditLogOf(records)
  storage = createMemoryStorage()
  documents = documentsOf(records)
  documents.stored.delete(eventRecord({ tab: tabOf(0), sequence: 8 }).event.id)
  await landLog(records, { store: storage.store(), topic: 't', logger: pino({ level: 'silent' }), maxRecords: 10 })
})

const run = () => audit({ log, store: storage.store(), documents })
const missingAt = async () => (await run()).findings.map(({ store, from, to }) => `${store} ${from}-${to}`)

test('does not call missing for ever what may have been refused, once topic and dead letters have forgotten it', async () => {
  log.bury('elasticsearch', 0, 7, 'mapping')
  expect(await missingAt()).toEqual([])
  log.expireLetters()
  log.lows.set(0, 20)
  const { clean, partitions } = await run()
  expect(clean).toBe(true)
  expect(partitions[0]?.elasticsearch).toMatchObject({ stored: 19, explained: 1, untold: 1, missing: 0 })
})

test('calls it missing where every dead letter that there was is still there', async () => {
  log.lows.set(0, 20)
  expect(await missingAt()).toEqual(['elasticsearch 7-7'])
})

test('calls it missing while the topic holds the record, which can be brought in again', async () => {
  log.expireLetters()
  expect(await missingAt()).toEqual(['elasticsearch 7-7'])
})
