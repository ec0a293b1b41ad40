import { describe, expect, test } from 'vitest'
import { groups } from '../../../../collector/privacy/meanings.ts'
import { privacyStatement, type StatementOptions } from '../../../../collector/privacy/statement.ts'
import { decodeRecord } from '../../../../topic/record.ts'

const all: StatementOptions = { ip: 'cut', userAgent: 'keep', visitor: 'daily', gpc: 'honor', retention: '90 days' }
const namesOf = (options: StatementOptions) => privacyStatement(options).fields.map(({ name }) => name)

/** An object of these leaves, each with its dotted name. */
function nested(leaves: (readonly [name: string, value: unknown])[]): object {
  const heads = new Set(leaves.map(([name]) => name.split('.')[0] ?? ''))
  const member = (head: string) => {
    const own = leaves.find(([name]) => name === head)
    const inner = leaves.filter(([name]) => name.startsWith(`${head}.`))
    return own ? own[1] : nested(inner.map(([name, value]) => [name.slice(head.length + 1), value]))
  }
  return Object.fromEntries([...heads].map(head => [head, member(head)]))
}

describe('a setting that keeps a field from being stored', () => {
  test.each<[Partial<StatementOptions>, string]>([
    [{ ip: 'off' }, 'client.ip'],
    [{ userAgent: 'drop' }, 'user_agent.original'],
  ])('%j takes %s out, and nothing else', (setting, name) => {
    expect(namesOf(all).filter(other => other !== name)).toEqual(namesOf({ ...all, ...setting }))
    expect(namesOf(all)).toContain(name)
  })

  test('visitor=off leaves the id that a website keeps in the browser, and tells of no pseudonym', () => {
    const idOf = (options: StatementOptions) => privacyStatement(options).fields.find(({ name }) => name === 'user.id')
    expect(idOf(all)).toMatchObject({
      setting: 'CLICKTRAIL_VISITOR=daily',
      purpose: expect.stringMatching('pseudonym'),
    })
    const off = idOf({ ...all, visitor: 'off' })
    expect(off).toMatchObject({ when: expect.stringMatching('data-storage') })
    expect(JSON.stringify(off)).not.toMatch(/pseudonym|setting/)
  })
})

test('the examples make a record that the schema takes', () => {
  const fields = privacyStatement(all).fields.filter(({ name }) => !name.startsWith('kafka.'))
  const record = nested(fields.map(({ name, example }) => [name, example]))
  expect(decodeRecord(Buffer.from(JSON.stringify(record)))).toMatchObject({ ok: true, record })
})

test('every field has a purpose, a known group and a way to refuse, and says when it is there unless it always is', () => {
  const { fields, refuse } = privacyStatement(all)
  for (const field of fields) {
    expect(field.purpose, field.name).toMatch(/\.$/)
    expect(groups).toContain(field.group)
    expect(field.when === undefined, field.name).toBe(field.presence === 'always')
    expect(field.refuse, field.name).not.toEqual([])
    expect(Object.keys(refuse)).toEqual(expect.arrayContaining(field.refuse))
  }
})

test('retention and contact are the operator’s words', () => {
  const told = privacyStatement({ ...all, contact: 'privacy@shop.example' })
  expect(told).toMatchObject({ retention: '90 days', contact: 'privacy@shop.example' })
  expect(new Set(told.fields.map(({ retention }) => retention))).toEqual(new Set(['90 days']))
  expect(privacyStatement(all)).not.toHaveProperty('contact')
})

test.each(['honor', 'ignore'] as const)('Global Privacy Control is promised only where it is honored: %s', gpc => {
  expect(/pass it over/.test(privacyStatement({ ...all, gpc }).refuse['gpc'] ?? '')).toBe(gpc === 'ignore')
})
