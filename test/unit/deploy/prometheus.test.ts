import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { unknownIn } from '../../support/promql.ts'
import { rulesOfFile, watchedMetrics } from '../../support/watched-metrics.ts'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const { alerts, records } = rulesOfFile()
const cases = read('deploy/prometheus/alerts.test.yml') + read('deploy/prometheus/alerts-days.test.yml')
const runbook = read('docs/runbook.md')

test('reads every rule of the file', () => {
  expect(alerts.length + records.length).toBe([...read('deploy/prometheus/alerts.yml').matchAll(/ expr:/g)].length)
  for (const { name, expr } of [...alerts, ...records]) expect(expr, name).not.toBe('')
})

test.each(alerts)(
  '$name has a case in which it fires, one in which it does not, and a paragraph of the runbook',
  alert => {
    const { name } = alert
    for (const verb of ['fires', 'keeps quiet']) expect(cases).toContain(`- name: ${name} ${verb} `)
    const [file, anchor] = alert.runbook.split('#')
    expect(file).toBe('docs/runbook.md')
    expect([...runbook.matchAll(/^## (\w+)$/gm)].map(([, title = '']) => title.toLowerCase())).toContain(anchor)
    expect(runbook).toContain(name)
  },
)

test('an alert watches each job that is scraped, and no other', () => {
  const scraped = [...read('deploy/prometheus/prometheus.yml').matchAll(/job_name: (\S+)/g)].map(([, job]) => job)
  const watched = alerts.flatMap(({ expr }) =>
    [...expr.matchAll(/\bup\{job=~?"([^"]+)"\}/g)].flatMap(([, jobs = '']) => jobs.split('|')),
  )
  expect(watched.toSorted()).toEqual(scraped.toSorted())
})

test.each([...alerts, ...records])('$name asks for metrics that there are', async ({ expr }) => {
  expect(unknownIn(expr, await watchedMetrics())).toEqual([])
})

test.each([
  ['sum(clicktrail_consumer_lag)', ['clicktrail_consumer_lag does not exist']],
  ['kafka_leader_count > 1', ['kafka_leader_count does not exist']],
  ['clicktrail_consumer_lag_seconds{group="x"}', ['clicktrail_consumer_lag_seconds has no label group']],
  ['clicktrail_consumer_partitions{state=~"halted|dead"}', ['clicktrail_consumer_partitions: state is never dead']],
  ['sum by (sink, partition) (clicktrail_consumer_lag_records)', ['nothing in it has the label partition']],
  ['rate(clicktrail_collector_send_records[5m])', ['clicktrail_collector_send_records does not exist']],
])('sees what is wrong with %s', async (query, problems) => {
  expect(unknownIn(query, await watchedMetrics())).toEqual(problems)
})
