import { isIP, isIPv4 } from 'node:net'

/**
 * The client's address: the socket's, or with `trustedProxies` > 0 the entry of X-Forwarded-For that many hops from the
 * right, which only our own proxies can have written. Undefined if that is no address.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies === 0 || forwardedFor === undefined) return plainAddress(socketAddress ?? '')
  const hops = forwardedFor.split(',')
  return plainAddress(hops[Math.max(0, hops.length - trustedProxies)] ?? '')
}

/** Without port, brackets and zone; an IPv4 address mapped into IPv6 (RFC 4291, 2.5.5.2) is IPv4, however it is written. */
function plainAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  let address = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/%.*$/, '')
  if (/^[\d.]+:\d+$/.test(address)) address = address.slice(0, address.indexOf(':'))
  const family = isIP(address)
  if (family === 0) return undefined
  return family === 6 && /^[0:]+ffff:/i.test(address) ? (mappedIPv4(address) ?? address) : address
}

function mappedIPv4(address: string): string | undefined {
  const groups = groupsOf(address)
  const [high = 0, low = 0] = groups.slice(6)
  if (groups[5] !== 0xffff || groups.slice(0, 5).some(group => group !== 0)) return undefined
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = [], tail] = address.split('::').map(part => (part === '' ? [] : part.split(':').flatMap(numbersOf)))
  if (tail === undefined) return head
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

/** A group is hexadecimal, but for an IPv4 address at the end, which stands for two. */
function numbersOf(group: string): number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

function networkOf(address: string, groups: number): string {
  const network = groupsOf(address)
    .slice(0, groups)
    .map(group => group.toString(16))
  while (network.at(-1) === '0') network.pop()
  return `${network.join(':')}::`
}

/** The network of an address: /24 of IPv4 as `203.0.113.0`, /48 of IPv6 as `2001:db8:7::`. */
export function cutAddress(address: string): string {
  return isIPv4(address) ? `${address.slice(0, address.lastIndexOf('.'))}.0` : networkOf(address, 3)
}

/** Who is behind an address, written in one way only: an IPv4 address itself, the /64 of IPv6, which one household or machine has to itself (RFC 6177). */
export function subscriberOf(address: string): string {
  return isIPv4(address) ? address : networkOf(address, 4)
}
