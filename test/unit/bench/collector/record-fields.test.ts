import { expect, test } from 'vitest'
import { fieldsOf, missingFields } from '../../../../bench/collector/record-fields.ts'

const records = ['{"event":{"id":"a-1","sequence":1},"user_agent":{"bot":false}}', '{"user_agent":{"name":"Chrome"}}']

test('names the fields of several records, nested ones with dots', () => {
  expect([...fieldsOf(records)]).toEqual(['event.id', 'event.sequence', 'user_agent.bot', 'user_agent.name'])
})

test('says what a peer leaves out, and nothing of what it adds', () => {
  expect(
    missingFields(fieldsOf(records), fieldsOf(['{"event":{"id":1},"user_agent":{"bot":1,"name":2},"more":3}'])),
  ).toEqual(['event.sequence'])
})
