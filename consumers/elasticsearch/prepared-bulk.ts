import { type Client, errors } from '@elastic/elasticsearch'
import type { Bulk } from './bulk.ts'
import { type RequestFailure, requestFailure } from './outcome.ts'
import { setupElasticsearch } from './setup.ts'

/**
 * The same bulks, but none that could make an index without our templates: it would have the wrong types for good. They are
 * looked for before the next bulk after one that got no answer (the cluster may be another one now), and before an index
 * that is missing is made. Where we may not look, they are taken to be there. `index` as in `setupElasticsearch`.
 */
export function preparedBulk(bulk: Bulk, client: Client, index: string): Bulk {
  let sure = true
  const missing = new Set<string>()
  let preparing: Promise<RequestFailure | undefined> | undefined

  async function prepare(): Promise<RequestFailure | undefined> {
    try {
      await setupElasticsearch(client, { index, onlyIfMissing: true })
      for (const name of missing) await client.indices.create({ index: name }, { ignore: [400] })
      missing.clear()
    } catch (error) {
      const statusCode = error instanceof errors.ResponseError ? error.statusCode : undefined
      // Nothing that is answered here is about documents: they wait.
      const outcome = statusCode === 401 ? 'stop' : 'retry'
      const message = `templates: ${requestFailure(error).message}`
      if (statusCode !== 403) return { outcome, statusCode: undefined, message }
    }
    sure = true
    return undefined
  }

  return {
    ...bulk,
    async create(entries, place, signal) {
      if (!sure) {
        preparing ??= prepare().finally(() => {
          preparing = undefined
        })
        const failure = await preparing
        signal.throwIfAborted()
        if (failure) return failure
      }
      const answer = await bulk.create(entries, place, signal)
      if ('outcome' in answer) {
        if (answer.statusCode === undefined) sure = false
        return answer
      }
      answer.forEach(({ error }, position) => {
        const name = error?.type === 'index_not_found_exception' ? entries[position]?.index : undefined
        if (name === undefined) return
        missing.add(name)
        sure = false
      })
      return answer
    },
  }
}
