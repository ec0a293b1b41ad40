import { expect, test } from 'vitest'
import { mappings } from '../../../consumers/elasticsearch/template.ts'
import { fieldsOfRecord, fieldsPage, idleMeanings, schemaFile } from '../../../deploy/fields.ts'
import { mappedFields } from '../../support/mapped-fields.ts'

const types = mappedFields(mappings.properties)

test('docs/fields.md is what the code says', async () => {
  await expect(fieldsPage(types)).toMatchFileSnapshot('../../../docs/fields.md')
})

test('docs/record.schema.json is what the code says', async () => {
  await expect(schemaFile()).toMatchFileSnapshot('../../../docs/record.schema.json')
})

test('every field has a meaning, from one place', () => {
  for (const { name, meaning } of fieldsOfRecord()) expect(meaning, name).not.toBe('')
  expect(idleMeanings()).toEqual([])
})

test('Elasticsearch maps every field, and no other', () => {
  const names = fieldsOfRecord().map(field => field.name)
  expect(Object.keys(types).toSorted()).toEqual(names.toSorted())
})
