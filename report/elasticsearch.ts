import type { Client, estypes } from '@elastic/elasticsearch'
import { z } from 'zod'
import { bucketsOf, type Sources } from './elasticsearch-buckets.ts'
import { givenUpOf } from './given-up.ts'
import { noPage, type ReadLanded, type TabSeen, type Tally } from './landed.ts'
import { lookBackMs, minuteMs, type Span } from './span.ts'

type Query = estypes.QueryDslQueryContainer

/** Tabs whose earlier events are asked for together. */
const tabsARequest = 1_000

const told = z.object({
  site: z.string(),
  properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
})

/**
 * Reads spans from the daily indices `<index>-YYYY.MM.DD`, with counts that are exact however many names there are. Copies
 * are not in there: the writer creates each event once. Rejects with the client's errors, and when any shard has no answer.
 */
export function readElasticsearch(client: Client, index: string): ReadLanded {
  const from = { client, index: `${index}-*` }
  // That pattern takes the indices of <index>-test too; a day's name has no further hyphen. This field knows no ? and no regexp.
  const foreign: Query = { wildcard: { _index: `${index}-*-*` } }
  const happenedIn = ({ fromMs, toMs }: Span, ...others: Query[]): Query => {
    const range = { '@timestamp': { gte: fromMs, lt: toMs, format: 'epoch_millis' } }
    return { bool: { filter: [{ range }, ...others], must_not: [foreign] } }
  }

  async function tallies(span: Span, source: Sources[string], ...conditions: Query[]): Promise<Tally[]> {
    const minute = {
      date_histogram: { field: '@timestamp', fixed_interval: '1m', offset: `${span.fromMs % minuteMs}ms` },
    }
    const found: Tally[] = []
    for await (const { key, count } of bucketsOf(from, {
      query: happenedIn(span, ...conditions),
      sources: { minute, name: source },
    })) {
      const name = key['name'] === null ? noPage : String(key['name'])
      found.push({ minute: (Number(key['minute']) - span.fromMs) / minuteMs, name, count })
    }
    return found
  }

  async function tabsIn(span: Span): Promise<TabSeen[]> {
    const tabs = new Map<string, TabSeen & { tab: string }>()
    for await (const { key, count, lowest, highest } of bucketsOf(from, tabNumbers(happenedIn(span)))) {
      const [site, tab] = [String(key['site']), String(key['tab'])]
      tabs.set(`${tab} ${site}`, { site, tab, events: count, first: lowest, last: highest, before: 0 })
    }
    const begunBefore = [...tabs.values()].filter(({ first }) => first > 1).map(({ tab }) => tab)
    const earlier = { fromMs: span.fromMs - lookBackMs, toMs: span.fromMs }
    for (let at = 0; at < begunBefore.length; at += tabsARequest) {
      const some = { terms: { 'tab.id': begunBefore.slice(at, at + tabsARequest) } }
      for await (const { key, highest } of bucketsOf(from, tabNumbers(happenedIn(earlier, some)))) {
        const seen = tabs.get(`${key['tab']} ${key['site']}`)
        if (seen) seen.before = highest
      }
    }
    return [...tabs.values()]
  }

  async function givenUpIn(span: Span): Promise<{ site: string; count: number }[]> {
    const found: { site: string; count: number }[] = []
    const size = 1_000
    let after: estypes.SortResults | undefined
    for (;;) {
      const { hits } = await client.search({
        index: from.index,
        allow_partial_search_results: false,
        size,
        query: happenedIn(span, { term: { 'event.action': 'events_dropped' } }),
        sort: ['@timestamp', 'event.id'],
        _source: ['site', 'properties'],
        ...(after ? { search_after: after } : {}),
      })
      for (const hit of hits.hits) {
        const { site, properties } = told.parse(hit._source)
        found.push({ site, count: givenUpOf(properties) })
      }
      after = hits.hits.at(-1)?.sort
      if (hits.hits.length < size) return found
    }
  }

  return async span => ({
    events: await tallies(span, { terms: { field: 'site' } }),
    colors: await tallies(span, { terms: { field: 'properties.color' } }, { term: { 'event.action': 'color_click' } }),
    pages: await tallies(
      span,
      { terms: { field: 'url.path', missing_bucket: true } },
      { term: { 'event.action': 'page_view' } },
    ),
    tabs: await tabsIn(span),
    givenUp: await givenUpIn(span),
    unread: [],
  })
}

function tabNumbers(query: Query) {
  return {
    query,
    sources: { site: { terms: { field: 'site' } }, tab: { terms: { field: 'tab.id' } } },
    numbers: 'event.sequence',
  }
}
