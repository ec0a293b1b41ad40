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
  ['events', ''],
  ['web.events', 'web.'],
  ['shop', 'shop_'],
  ['web.shop', 'web.shop_'],
])('of table %s the views begin with "%s"', (table, prefix) => {
  const ddl = hiveDdl({ location: '/data/events', table })
  const views = ['event_rows', 'events_distinct', 'page_views', 'clicks', 'sessions', 'completeness', 'loss'].map(
    view => prefix + view,
  )
  expect([...ddl.matchAll(/VIEW (\S+) AS/g)].map(([, name]) => name)).toEqual(views)
  expect(ddl).toContain(`CREATE EXTERNAL TABLE IF NOT EXISTS ${table} (`)
  const read = [...ddl.matchAll(/FROM (\w[\w.]*)/g)].map(([, name]) => name)
  expect([table, ...views]).toEqual(expect.arrayContaining(read))
})

test.each([
  [2, 'org.apache.hive.hcatalog.data.JsonSerDe', 'MSCK REPAIR TABLE events;', false],
  [3, 'org.apache.hadoop.hive.serde2.JsonSerDe', 'MSCK REPAIR TABLE events SYNC PARTITIONS;', false],
  [4, 'org.apache.hadoop.hive.serde2.JsonSerDe', 'MSCK REPAIR TABLE events SYNC PARTITIONS;', true],
] as const)('for Hive %i it says what that reads', (hive, serde, repair, discovers) => {
  const ddl = hiveDdl({ location: '/data/events', hive })
  expect(ddl).toContain(`SERDE '${serde}'`)
  expect(ddl).toContain(repair)
  expect(ddl.includes('discover.partitions')).toBe(discovers)
})

test.each(["/data/ev'ents", '/data;', '/a b', '', '/a\n'])('refuses the location %j', location => {
  expect(() => hiveDdl({ location })).toThrow(TypeError)
})

test.each(['', 'a b', 'a.b.c', 'events; DROP', '1a'])('refuses the table name %j', table => {
  expect(() => hiveDdl({ location: '/data/events', table })).toThrow(TypeError)
})
