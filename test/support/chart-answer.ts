import type { Client } from '@elastic/elasticsearch'
import { z } from 'zod'
import { runtimeFields } from '../../deploy/kibana/objects.ts'

const column = z.looseObject({ operationType: z.string(), isBucketed: z.boolean(), sourceField: z.string().optional() })
const layer = z.object({ columns: z.record(z.string(), column), columnOrder: z.array(z.string()) })
const lensState = z.looseObject({
  query: z.object({ query: z.string() }),
  datasourceStates: z.object({ formBased: z.object({ layers: z.object({ layer1: layer }) }) }),
})
const bucket = z.record(z.string(), z.unknown())
const value = z.object({ value: z.number().nullable() })
const bucketed = z.object({ buckets: z.array(bucket) })

/** One cell of each column of a chart, by the column's name. */
export type ChartRow = Record<string, string | number | null>

/**
 * Asks Elasticsearch what a Lens chart shows, as Lens would: buckets within buckets, a metric in each, formulas left out.
 * Only for queries of the form `field: value`.
 */
export async function chartAnswer(client: Client, index: string, state: unknown): Promise<ChartRow[]> {
  const { query, datasourceStates } = lensState.parse(state)
  const { columns, columnOrder } = datasourceStates.formBased.layers.layer1
  const of = (name: string) => columns[name] ?? { operationType: '', isBucketed: false }
  const buckets = columnOrder.filter(name => of(name).isBucketed)
  const metrics = columnOrder.filter(name => ['min', 'max', 'unique_count'].includes(of(name).operationType))

  const aggs = buckets.reduceRight<Record<string, object>>(
    (inner, name) => ({
      [name]: { ...bucketsOf(of(name)), ...(Object.keys(inner).length > 0 ? { aggs: inner } : {}) },
    }),
    Object.fromEntries(metrics.map(name => [name, metricOf(of(name))])),
  )
  const [, field, wanted] = /^([\w.]+): (\w+)$/.exec(query.query) ?? []
  const answer = await client.search({
    index,
    size: 0,
    track_total_hits: true,
    runtime_mappings: runtimeFields,
    query: field && wanted ? { term: { [field]: wanted } } : { match_all: {} },
    aggs,
  })
  const total = z.object({ value: z.number() }).parse(answer.hits.total).value
  return rowsOf({ ...answer.aggregations, doc_count: total }, buckets)

  function rowsOf(found: z.infer<typeof bucket>, [first, ...rest]: string[]): ChartRow[] {
    if (first !== undefined)
      return bucketed.parse(found[first]).buckets.flatMap(one => {
        const key = z.union([z.string(), z.number()]).parse(one['key'])
        return rowsOf(one, rest).map(row => ({ [first]: key, ...row }))
      })
    const counted = columnOrder.filter(name => of(name).operationType === 'count')
    const count = z.number().parse(found['doc_count'])
    return [
      Object.fromEntries([
        ...counted.map(name => [name, count] as const),
        ...metrics.map(name => [name, value.parse(found[name]).value] as const),
      ]),
    ]
  }
}

function bucketsOf({ operationType, sourceField }: z.infer<typeof column>) {
  if (operationType === 'terms') return { terms: { field: sourceField, size: 10 } }
  return { date_histogram: { field: sourceField, fixed_interval: '1h', min_doc_count: 1 } }
}

function metricOf({ operationType, sourceField }: z.infer<typeof column>) {
  return { [operationType === 'unique_count' ? 'cardinality' : operationType]: { field: sourceField } }
}
