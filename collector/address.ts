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

/** Without port, brackets and zone; an IPv4 address mapped into IPv6 is IPv4. */
function plainAddress(text: string): string | undefined {
  let address = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/%.*$/, '')
  if (/^[\d.]+:\d+$/.test(address)) address = address.slice(0, address.indexOf(':'))
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined && isIPv4(mapped)) return mapped
  return isIP(address) === 0 ? undefined : address
}

/** The network of an address: /24 of IPv4 as `203.0.113.0`, /48 of IPv6 as `2001:db8:7::`. */
export function cutAddress(address: string): string {
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0`
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const tailGroups = tail ? tail.split(':').flatMap(group => (group.includes('.') ? ['0', '0'] : [group])) : []
  if (tail !== undefined) while (groups.length + tailGroups.length < 8) groups.push('0')
  const network = [...groups, ...tailGroups].slice(0, 3).map(group => Number.parseInt(group, 16).toString(16))
  while (network.at(-1) === '0') network.pop()
  return `${network.join(':')}::`
}
