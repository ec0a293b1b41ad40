import { z } from 'zod'
import { recordJsonSchema } from '../topic/record.ts'

/** What of a JSON Schema is read and filled in here. */
interface Schema {
  $schema?: string | undefined
  type?: string | undefined
  description?: string | undefined
  properties?: Record<string, Schema> | undefined
  required?: string[] | undefined
}
const schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    $schema: z.string().optional(),
    type: z.string().optional(),
    description: z.string().optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
  }),
)

/** What the record's schema does not say itself, by dotted name. */
const meanings: Record<string, string> = {
  'session.id': 'The visit, as the browser numbers it; absent where it may store nothing.',
  'url.full': 'The address of the page, at most 2,048 characters.',
  'url.domain': 'Its host.',
  'url.path': 'Its path, without the query.',
  'page.title': 'The title of the page.',
  'page.language': 'Its language, else the first that the browser asks for.',
  'http.request.referrer': 'Where the visitor came from.',
  'user_agent.original': 'The User-Agent as it came; absent with CLICKTRAIL_USER_AGENT=drop.',
  'user_agent.name': 'The browser.',
  'user_agent.version': 'Its version.',
  'user_agent.os.name': 'The operating system.',
  'user_agent.os.version': 'Its version.',
  'user_agent.device.name': 'The model of the device, where it says one.',
  'user_agent.device.type': '`desktop`, `mobile`, `tablet` …',
  'user_agent.bot': 'Whether it says that it is a robot.',
  properties: 'What the site adds: flat, each a text, a number or a boolean.',
}

/** What a landed copy has beside the record: where it lies on the topic. */
const landed: Field[] = [
  { name: 'kafka.topic', type: 'string', meaning: 'The topic.' },
  { name: 'kafka.partition', type: 'integer', meaning: 'Its partition.' },
  { name: 'kafka.offset', type: 'integer', meaning: 'The offset there.' },
  {
    name: 'kafka.skipped',
    type: 'integer',
    meaning: "Offsets passed over since the partition's previous row; absent when 0, and in Elasticsearch.",
  },
  { name: 'kafka.generation', type: 'integer', meaning: 'Which life of the topic, from 2 on.' },
].map(field => ({ ...field, presence: 'landed' }))

export interface Field {
  /** Dotted, the same in Kibana, Hive, DuckDB and jq. */
  name: string
  /** Of JSON. */
  type: string
  meaning: string
  presence: 'always' | 'optional' | 'landed'
}

/** Every field of a landed event, in the order of the record. A field without a meaning has an empty one. */
export function fieldsOfRecord(): Field[] {
  const found: Field[] = []
  visit(described(), '', true)
  return [...found, ...landed]

  function visit({ properties = {}, required = [] }: Schema, prefix: string, always: boolean): void {
    for (const [key, child] of Object.entries(properties)) {
      const name = prefix + key
      const there = always && required.includes(key)
      if (child.properties) visit(child, `${name}.`, there)
      else {
        const { type = '', description: meaning = '' } = child
        found.push({ name, type, meaning, presence: there ? 'always' : 'optional' })
      }
    }
  }
}

/** docs/record.schema.json: JSON Schema (2020-12) of a record on the topic, with the meaning of each field. */
export function schemaFile(): string {
  const text = JSON.stringify(described(), undefined, 2)
  return `${text.replace(/\[\s+("[^\]]*?)\s+\]/g, (_, inner: string) => `[${inner.replace(/\s*\n\s*/g, ' ')}]`)}\n`
}

function described(): Schema {
  const whole = schema.parse(recordJsonSchema())
  fill(whole, '')
  return whole
}

/** A leaf says its own meaning, else that of the object around it, else the one above. */
function fill(of: Schema, prefix: string): void {
  for (const [key, child] of Object.entries(of.properties ?? {})) {
    fill(child, `${prefix}${key}.`)
    if (child.properties) continue
    const meaning = child.description ?? of.description ?? meanings[prefix + key]
    if (meaning !== undefined) child.description = meaning
  }
}

/** Names in {@link fieldsOfRecord}'s own list that the record does not have, or describes itself. */
export function idleMeanings(): string[] {
  const own = new Map<string, string | undefined>()
  const visit = (of: Schema, prefix: string): void => {
    for (const [key, child] of Object.entries(of.properties ?? {})) {
      own.set(prefix + key, child.description)
      visit(child, `${prefix}${key}.`)
    }
  }
  visit(schema.parse(recordJsonSchema()), '')
  return Object.keys(meanings).filter(name => !own.has(name) || own.get(name) !== undefined)
}

/** docs/fields.md. `elasticsearch`: type by name, of Elasticsearch. */
export function fieldsPage(elasticsearch: Readonly<Record<string, string>>): string {
  const rows = fieldsOfRecord().map(
    ({ name, type, meaning, presence }) =>
      `| \`${name}\` | ${type} | ${elasticsearch[name] ?? ''} | ${presence} | ${meaning.replaceAll('|', '\\|')} |`,
  )
  return `# Fields of an event

One name everywhere: in KQL, Hive, DuckDB and jq. _always_: in every record; _optional_: absent where there is nothing to say, never null or
empty; _landed_: not on the topic, only in files and in Elasticsearch. [record.schema.json](record.schema.json) says the same as JSON Schema. Both
are made from the code: \`npx vitest run --project unit test/unit/deploy/fields.test.ts -u\`.

| field | JSON | Elasticsearch | presence | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`
}
