import { describe, expect, test } from 'vitest'
import { clientAddress, cutAddress, subscriberOf } from '../../../../collector/http/address.ts'

describe('the client’s address', () => {
  test.each([
    ['the socket’s', '203.0.113.7', undefined, 0, '203.0.113.7'],
    ['the socket’s, whatever a client claims', '203.0.113.7', '10.0.0.1', 0, '203.0.113.7'],
    ['IPv4 mapped into IPv6', '::ffff:203.0.113.7', undefined, 0, '203.0.113.7'],
    ['IPv4 mapped into IPv6, in hexadecimal', '::ffff:cb00:7107', undefined, 0, '203.0.113.7'],
    ['IPv4 mapped into IPv6, in full', '0:0:0:0:0:FFFF:203.0.113.7', undefined, 0, '203.0.113.7'],
    ['IPv6 with ffff elsewhere', '::ffff:0:cb00:7107', undefined, 0, '::ffff:0:cb00:7107'],
    ['IPv6 without its zone', 'fe80::1%eth0', undefined, 0, 'fe80::1'],
    ['the last entry behind one proxy', '10.0.0.1', '6.6.6.6, 203.0.113.7', 1, '203.0.113.7'],
    ['the last entry but one behind two', '10.0.0.1', '6.6.6.6,203.0.113.7,10.0.0.2', 2, '203.0.113.7'],
    ['the first entry of a short list', '10.0.0.1', '203.0.113.7', 2, '203.0.113.7'],
    ['the socket’s where a proxy adds none', '203.0.113.7', undefined, 1, '203.0.113.7'],
    ['an entry with a port', '10.0.0.1', '203.0.113.7:4711', 1, '203.0.113.7'],
    ['an IPv6 entry with a port', '10.0.0.1', '[2001:db8::1]:4711', 1, '2001:db8::1'],
    ['unknown for garbage', '10.0.0.1', 'unknown', 1, undefined],
    ['unknown without a socket', undefined, undefined, 0, undefined],
  ])('is %s', (_, socket, forwarded, proxies, address) => {
    expect(clientAddress(socket, forwarded, proxies)).toBe(address)
  })
})

test.each([
  ['203.0.113.77', '203.0.113.0'],
  ['2001:db8:7:8::1', '2001:db8:7::'],
  ['2001:0db8:0007:8:9:a:b:c', '2001:db8:7::'],
  ['2001:db8::1', '2001:db8::'],
  ['2001:db8:0:1::', '2001:db8::'],
  ['::1', '::'],
  ['1:0:3::9', '1:0:3::'],
  ['64:ff9b::192.0.2.33', '64:ff9b::'],
  ['::2:3:4:5:6:7:8', '0:2:3::'],
])('cuts %s to the network %s', (address, network) => {
  expect(cutAddress(address)).toBe(network)
})

test.each([
  ['203.0.113.77', '203.0.113.77'],
  ['2001:db8:7:8::1', '2001:db8:7:8::'],
  ['2001:0DB8:0007:0008:9:a:b:c', '2001:db8:7:8::'],
  ['2001:db8::1', '2001:db8::'],
  ['2001:db8:0:1::', '2001:db8:0:1::'],
  ['::1', '::'],
  ['64:ff9b::192.0.2.33', '64:ff9b::'],
])('%s is the subscriber %s', (address, subscriber) => {
  expect(subscriberOf(address)).toBe(subscriber)
})
