import { expect, test } from 'vitest'
import { isForeign, isLocal } from '../../../dashboard/access.ts'

const local = { peer: '127.0.0.1', host: '127.0.0.1:8080', forwarded: false }

test.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('the peer %s is this computer', peer => {
  expect(isLocal({ ...local, peer })).toBe(true)
})

test.each([undefined, '', '192.168.1.4', '::ffff:10.0.0.1', '1127.0.0.1', '127.0.0.1.evil', 'fe80::1'])(
  'the peer %s is another one',
  peer => {
    expect(isLocal({ ...local, peer })).toBe(false)
  },
)

test.each(['localhost', 'LOCALHOST:8080', '127.0.0.1', '127.0.0.1:65535', '[::1]', '[::1]:8080'])(
  'the host %s is this computer',
  host => {
    expect(isLocal({ ...local, host })).toBe(true)
  },
)

test.each([
  undefined,
  '',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.nip.io:8080',
  'localhost:8080@evil',
  'evil@localhost',
  '0.0.0.0:8080',
  'localhost:',
  'localhost\n',
])('the host %j is a name that was pointed here, or nonsense', host => {
  expect(isLocal({ ...local, host })).toBe(false)
})

test("a proxy's request is somebody else's", () => {
  expect(isLocal({ ...local, forwarded: true })).toBe(false)
})

test.each([
  [undefined, false],
  ['same-origin', false],
  ['none', false],
  ['same-site', true],
  ['cross-site', true],
])('Sec-Fetch-Site %s is foreign: %s', (header, foreign) => {
  expect(isForeign(header)).toBe(foreign)
})
