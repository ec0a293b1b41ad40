import type { Client } from '@elastic/elasticsearch'

/** Removes an index prefix's daily indices and what `setupElasticsearch` installed for it. Names, since wildcards may not delete. */
export async function removeIndex(client: Client, index: string): Promise<void> {
  const indices = Object.keys(await client.indices.get({ index: `${index}-*`, allow_no_indices: true }))
  if (indices.length > 0) await client.indices.delete({ index: indices })
  await client.indices.deleteIndexTemplate({ name: index }, { ignore: [404] })
  for (const name of [`${index}-mappings`, `${index}-settings`, `${index}@custom`])
    await client.cluster.deleteComponentTemplate({ name }, { ignore: [404] })
  await client.transport.request({ method: 'DELETE', path: `/_ilm/policy/${index}` }, { ignore: [400, 404, 405] })
}
