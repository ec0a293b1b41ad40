import type { Random } from './random.ts'

const page =
  '"page":{"url":"https://shop.example/colors?x=1","referrer":"https://www.example/","title":"Colors 한","language":"ko"}'
const tab = '"tab":"0mwpt1nbck9k2j4h6f8d"'
const click = (n: number) => `{"n":${n},"ago":${n * 7},"action":"color_click","properties":{"color":"red","size":${n}}}`

/** Bodies as the SDK, a server and curl send them. */
const corpus: readonly string[] = [
  '{"site":"x","events":[{"action":"signup"}]}',
  `{"site":"example",${tab},${page},"visitor":"v1","session":"s1","user":"ada","events":[${click(1)},${click(2)}]}`,
  `{"site":"example",${tab},"n":3,"action":"color_click",${page},"events":[{"ago":20},{"ago":10,"properties":{"a":1.5,"b":true}}]}`,
  `{"site":"example",${tab},"events":[${Array.from({ length: 10 }, (_, i) => click(i + 1)).join()}]}`,
  '{"site":"example","events":[{"action":"buy","page":{"url":"about:blank"},"properties":{"price":"9.99","null":null}}]}',
  `{"site":"example",${tab},"n":1,"events":[{"action":"events_dropped","properties":{"full":12,"refused":3}}]}`,
]

/** What has broken parsers, validators and encoders before. */
const odd: readonly string[] = [
  ...[
    'null',
    'true',
    '0',
    '-0',
    '-1',
    '1e400',
    '-1e400',
    '1e-400',
    '9007199254740993',
    '1e21',
    '01',
    'NaN',
    '""',
    '[]',
    '{}',
  ],
  ...[
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"__proto__"',
    '"constructor"',
    '{"__proto__":{"site":"x"}}',
    '"\\x"',
  ],
  ...[
    '"\u2028"',
    '"https://["',
    '"javascript:0"',
    '"http://xn--"',
    '"file:///"',
    '"//"',
    '"𝒳"',
    '\0',
    '\ufeff',
    '\n',
    ',',
    ':',
    '"',
    '\\',
  ],
  ...[
    '{"toJSON":1}',
    '{"length":1,"0":{}}',
    '"n":0',
    '"tab":"x"',
    '"action":[]',
    '"properties":{"":1}',
    '"ago":-1',
    '"ago":1e300',
  ],
  `"${'x'.repeat(1_025)}"`,
  `"${'🎨'.repeat(520)}"`,
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
  `{${Array.from({ length: 40 }, (_, i) => `"p${i}":${i}`).join()}}`,
  `[${'{},'.repeat(101)}{}]`,
]
const tokens = /"(?:[^"\\]|\\.)*"|-?[\d.eE+]+|[{}[\],:]|true|false|null/g

/** A body: a good one with up to six things done to it. The seed of `random` alone decides which. */
export function fuzzedBody(random: Random): Buffer {
  let text = random.pick(corpus)
  for (let left = random.below(4); left > 0; left--) text = withOddity(text, random)
  let bytes: Buffer = Buffer.from(text)
  for (let left = random.once(3) ? 1 + random.below(3) : 0; left > 0; left--) bytes = damaged(bytes, random)
  return bytes
}

/** Replaces, doubles or removes a token of JSON, or takes one of another body. */
function withOddity(text: string, random: Random): string {
  const all = [...text.matchAll(tokens)]
  if (all.length === 0) return random.pick(odd)
  const token = random.pick(all)
  const at = token.index
  const other = random.once(4) ? random.pick([...random.pick(corpus).matchAll(tokens)])[0] : random.pick(odd)
  const instead = random.pick([other, other, `${token[0]},${other}`, `${token[0]}${token[0]}`, ''])
  return text.slice(0, at) + instead + text.slice(at + token[0].length)
}

/** Flips, inserts, cuts or repeats bytes. */
function damaged(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return Buffer.from([random.below(256)])
  const at = random.below(bytes.length)
  const to = Math.min(bytes.length, at + 1 + random.below(40))
  switch (random.below(5)) {
    case 0: {
      const copy = Buffer.from(bytes)
      copy[at] = random.below(256)
      return copy
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xc0 + random.below(64)]), bytes.subarray(at)])
    case 2:
      return bytes.subarray(0, at)
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)])
    default:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at, to), bytes.subarray(to)])
  }
}
