import { expect, test } from 'vitest'
import { type Health, readiness } from '../../../../collector/admin/readiness.ts'

const well: Health = {
  started: true,
  draining: false,
  topic: 'clicks',
  partitions: 6,
  topicAway: false,
  spool: 'taking',
}

test.each<[string, Partial<Health>, boolean, RegExp | undefined]>([
  ['all is well', {}, true, undefined],
  ['there is no spool', { spool: 'off' }, true, undefined],
  ['the spool is full, but the topic takes events', { spool: 'full' }, true, undefined],
  [
    'only the topic is away and the spool takes events',
    { topicAway: true },
    true,
    /clicks does not take.*the spool does/,
  ],
  ['the topic said why', { topicAway: true, trouble: 'no right' }, true, /does not take events \(no right\)/],
  ['the topic is away and the spool is full', { topicAway: true, spool: 'full' }, false, /spool is full/],
  ['the topic is away and there is no spool', { topicAway: true, spool: 'off' }, false, /spool is off/],
  ['the topic was never seen, spool or not', { partitions: 0 }, false, /clicks is not known yet/],
  ['it has not started', { started: false }, false, /has not started/],
  ['it drains, whatever else is well', { draining: true }, false, /about to end/],
  ['it drains while the topic is away', { draining: true, topicAway: true, spool: 'full' }, false, /about to end/],
])('when %s', (_, health, ready, reason) => {
  const found = readiness({ ...well, ...health })
  expect(found.ready).toBe(ready)
  if (reason) expect(found.reason).toMatch(reason)
  else expect(found).toEqual({ ready: true })
})
