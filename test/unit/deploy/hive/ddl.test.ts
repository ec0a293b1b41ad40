import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { hiveDdl } from '../../../../deploy/hive/ddl.ts'
import { recordJsonSchema } from '../../../../topic/record.ts'

interface Schema {
  properties?: Record<string, Schema> | undefined
}
const schema: z.ZodType<Schema> = z.lazy(() => z.looseObject({ properties: z.record(z.string(), schema).optional() }))

/** The dotted names of a JSON Schema's leaves. */
function leaves(of: Schema, prefix = ''): string[] {
  return Object.entries(of.properties ?? {}).flatMap(([name, child]) =>
    child.properties ? leaves(child, `${prefix}${name}.`) : [prefix + name],
  )
}

/** The dotted names of the table's columns, structs opened. */
function columns(ddl: string): string[] {
  const text = ddl.slice(ddl.indexOf('(\n') + 1, ddl.indexOf('\n)')).replaceAll('`', '')
  const names: string[] = []
  const path: string[] = []
  for (const [, name, type] of text.matchAll(/([@\w]+)[ :](struct<|map<[^>]*>|\w+)|>/g)) {
    if (name === undefined) path.pop()
    else if (type === 'struct<') path.push(name)
    else names.push([...path, name].join('.'))
  }
  return names
}

test('events.sql is what the function says', () => {
  const file = readFileSync(new URL('../../../../deploy/hive/events.sql', import.meta.url), 'utf8')
  expect(file).toBe(hiveDdl({ location: '/data/events' }))
})

test('the table has every field of the record, and the position on the topic, and no other', () => {
  const kafka = ['topic', 'partition', 'offset', 'skipped', 'generation'].map(name => `kafka.${name}`)
  expect(columns(hiveDdl({ location: '/data/events' })).sort()).toEqual(
    [...leaves(schema.parse(recordJsonSchema())), ...kafka].sort(),
  )
})

test.each([
  ['events', 'page_views', 'clicks'],
  ['web.events', 'web.page_views', 'web.clicks'],
  ['shop', 'shop_page_views', 'shop_clicks'],
  ['web.shop', 'web.shop_page_views', 'web.shop_clicks'],
])('of table %s the views are %s and %s', (table, ...views) => {
  const ddl = hiveDdl({ location: '/data/events', table })
  expect([...ddl.matchAll(/VIEW (\S+) AS/g)].map(([, name]) => name)).toEqual(views)
  expect(ddl).toContain(`CREATE EXTERNAL TABLE IF NOT EXISTS ${table} (`)
})

test.each(["/data/ev'ents", '/data;', '/a b', '', '/a\n'])('refuses the location %j', location => {
  expect(() => hiveDdl({ location })).toThrow(TypeError)
})

test.each(['', 'a b', 'a.b.c', 'events; DROP', '1a'])('refuses the table name %j', table => {
  expect(() => hiveDdl({ location: '/data/events', table })).toThrow(TypeError)
})
