import { expect, test } from 'vitest'
import { isAllowedHost, redirectOf } from '../../../../../consumers/hdfs/webhdfs/redirect.ts'

const asked = new URL('http://namenode:9870/webhdfs/v1/x?op=CREATE')
const answerTo = (location?: string, status = 307) => ({
  status,
  headers: location === undefined ? {} : { location },
  body: Buffer.alloc(0),
})

test.each([
  ['http://dn1:9864/x', ['dn1'], true],
  ['http://dn1:9864/x', ['dn1:9864'], true],
  ['http://dn1:9864/x', ['dn1:9865'], false],
  ['http://dn1/x', ['dn1:80'], true],
  ['https://dn1/x', ['DN1:443'], true],
  ['http://dn1.data.example:9864/x', ['*.data.example'], true],
  ['http://dn1.data.example:9864/x', ['*.data.example:9864'], true],
  ['http://data.example:9864/x', ['*.data.example'], false],
  ['http://evildata.example:9864/x', ['*.data.example'], false],
  ['http://dn1.evil:9864/x', ['dn1', 'dn2'], false],
  ['http://[::1]:9864/x', ['[::1]:9864'], true],
  ['http://dn1:9864/x', [], false],
] as const)('%s, allowed by %j: %s', (url, list, allowed) => {
  expect(isAllowedHost(new URL(url), list)).toBe(allowed)
})

test('leads to any DataNode that the NameNode names when there is no list', () => {
  expect(redirectOf(answerTo('http://10.0.0.7:9864/y?z'), asked).href).toBe('http://10.0.0.7:9864/y?z')
  expect(redirectOf(answerTo('https://dn1:9865/y'), asked).host).toBe('dn1:9865')
})

test.each([
  [
    'a host that is not listed',
    answerTo('http://elsewhere:9864/'),
    'elsewhere:9864, which HDFS_DATANODES does not allow',
  ],
  ['another protocol', answerTo('file:///etc/passwd'), 'on to file:'],
  ['no address', answerTo(), 'without an address'],
  ['half an address', answerTo('/webhdfs/v1/x'), 'without an address'],
  ['another redirect', answerTo('http://dn1/', 302), 'HTTP 302'],
])('leads nowhere with %s', (_, answer, message) => {
  expect(() => redirectOf(answer, asked, ['dn1'])).toThrow(message)
})

test('does not lead out of TLS', () => {
  const secure = new URL('https://namenode:9871/webhdfs/v1/x?op=CREATE')
  expect(() => redirectOf(answerTo('http://dn1:9864/'), secure)).toThrow('from https: on to http:')
})
