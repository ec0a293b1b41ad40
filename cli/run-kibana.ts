import { importObjects } from '../deploy/kibana/import.ts'
import { kibanaObjects, ndjson } from '../deploy/kibana/objects.ts'
import type { Config } from './config/config.ts'

/** Prints what {@link runImport} would send. */
export function printObjects(config: Config): void {
  process.stdout.write(ndjson(kibanaObjects(config.elasticsearch.index)))
}

/** Imports the objects for the configured index into Kibana, and prints a line for each. */
export async function runImport(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { kibanaUrl, space } = flags
  const { index, credentials } = config.elasticsearch
  const url = typeof kibanaUrl === 'string' ? kibanaUrl.replace(/\/+$/, '') : 'http://127.0.0.1:5601'
  const where = typeof space === 'string' ? { url, space } : { url }
  const objects = kibanaObjects(index)
  const titles = new Map(objects.map(one => [`${one.type} ${one.id}`, one.attributes.title]))
  const onProgress = (line: string) => console.log(line)
  const imported = await importObjects(objects, { ...where, ...credentials }, { onProgress })
  for (const { type, id, replaced } of imported)
    console.log(`${replaced ? 'replaced' : 'new     '} ${type.padEnd(13)} ${titles.get(`${type} ${id}`) ?? id}`)
  const path = typeof space === 'string' ? `/s/${encodeURIComponent(space)}` : ''
  console.log(`Open ${url}${path}/app/dashboards#/view/clicktrail`)
}
