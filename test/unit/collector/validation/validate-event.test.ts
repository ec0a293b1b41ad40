import { expect, test } from 'vitest'
import { validate } from '../../../../collector/validation/validate.ts'
import { limits } from '../../../../sdk/event.ts'

function validated(body: unknown) {
  return validate(Buffer.from(JSON.stringify(body)))
}

const { valueChars, nameChars, urlChars } = limits
const url = (chars: number) => 'https://x.example/'.padEnd(chars, 'a')

test.each([
  ['title', 'that ends in half a pair', 'cut \ud83d', 'cut \ufffd'],
  ['title', 'with half a pair, NUL and a whole pair', '\ude00 a\0b \u{1f600}', '\ufffd a\ufffdb \u{1f600}'],
  ['title', 'that is too long', 'é'.repeat(valueChars + 1), 'é'.repeat(valueChars)],
  ['title', 'with a pair across the limit', `${'a'.repeat(valueChars - 1)}\u{1f600}`, 'a'.repeat(valueChars - 1)],
  ['title', 'with a pair before the limit', `${'a'.repeat(valueChars - 2)}😀b`, `${'a'.repeat(valueChars - 2)}😀`],
  ['language', 'that is too long', 'k'.repeat(nameChars + 1), 'k'.repeat(nameChars)],
  ['url', 'with half a pair', 'https://x.example/\ud83d', { full: 'https://x.example/\ufffd' }],
  ['url', 'at the limit', url(urlChars), { full: url(urlChars) }],
  ['url', 'over the limit', url(urlChars + 1), undefined],
  ['url', 'that is not absolute', '/cart', undefined],
  ['referrer', 'with NUL', 'https://x.example/\0', 'https://x.example/\ufffd'],
  ['referrer', 'over the limit', url(urlChars + 1), undefined],
  ['referrer', 'that is not absolute', 'there', undefined],
])('takes a page’s %s %s repaired, or without it', (field, _, sent, kept) => {
  const page = { language: 'ko', title: 'A', [field]: sent }
  const result = validated({ site: 'x', page, events: [{ action: 'a', page }] })
  if (!result.ok) throw new Error(result.message)
  expect(result.rejected).toEqual([])
  const none = { url: undefined, referrer: undefined }
  for (const taken of [result.batch.page, result.batch.events[0]?.page]) {
    expect({ ...none, ...taken }).toMatchObject({ ...none, language: 'ko', title: 'A', [field]: kept })
  }
})

test.each([
  ['half a pair', 'Ada \ud83d', 'Ada \ufffd'],
  ['NUL', 'A\0da', 'A\ufffdda'],
  ['a pair across the limit', `${'a'.repeat(nameChars - 1)}\u{1f600}`, 'a'.repeat(nameChars - 1)],
])('takes a user with %s repaired', (_, user, kept) => {
  expect(validated({ site: 'x', user, events: [{ action: 'a' }] })).toMatchObject({ batch: { user: kept } })
})

test.each(['https://x.example/', 'app://', 'about:'])(
  'keeps domain and path within the limit of a URL, of %s가가가',
  start => {
    const full = start.padEnd(urlChars, '가')
    const result = validated({ site: 'x', page: { url: full }, events: [{ action: 'a' }] })
    if (!result.ok) throw new Error(result.message)
    const kept = result.batch.page?.url
    expect(kept?.full).toBe(full)
    expect(Math.max(kept?.domain?.length ?? 0, kept?.path?.length ?? 0)).toBe(urlChars)
  },
)
