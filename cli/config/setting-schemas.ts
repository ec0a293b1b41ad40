import { isIP } from 'node:net'
import { z } from 'zod'
import { originTest } from '../../collector/http/cors.ts'
import { commandWords } from '../options/command-words.ts'

/** Text to value. What can't be read is a problem whose sentence goes on after the setting's name. */
function parsed<T>(parse: (value: string) => T | { problem: string }) {
  return z.string().transform((value, context) => {
    const result = parse(value)
    if (typeof result !== 'object' || result === null || !('problem' in result)) return result
    context.addIssue(result.problem)
    return z.NEVER
  })
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}

export const text = z.string()

/** Text of a form; what it must be is said together with what it is. */
export function matching(pattern: RegExp, what: string) {
  return parsed(value => (pattern.test(value) ? value : { problem: `must be ${what}, not "${value}"` }))
}

export const origins = parsed(value => {
  const list = splitList(value)
  if (list.length === 0) return { problem: 'has no entry: write https://host, *.domain, null or *, comma separated' }
  try {
    originTest(list)
    return list
  } catch (error) {
    return { problem: `has an entry that is wrong: ${error instanceof Error ? error.message : error}` }
  }
})

export const host = parsed(value => {
  const name = /^[a-z\d]([\w-]*[a-z\d])?(\.[a-z\d]([\w-]*[a-z\d])?)*\.?$/i
  if (isIP(value) !== 0 || (name.test(value) && !/^[\d.]+$/.test(value))) return value
  return { problem: `must be an address or a host name alone, such as 0.0.0.0 or ::, not "${value}"` }
})

export const port = parsed(value => {
  if (/^tcp:\/\//.test(value)) {
    return {
      problem: `is ${value}, which Kubernetes injects for a service of this name: set enableServiceLinks: false in the pod, or rename the service`,
    }
  }
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  return { problem: `must be a port from 0 to 65535, not "${value}"` }
})

const units: Readonly<Record<string, number>> = { '': 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 }

/** A size of at least `min` bytes. */
export function bytesFrom(min: number) {
  return parsed(value => {
    const match = /^(\d{1,15})\s*([kmg]ib|)$/i.exec(value)
    const size = Number(match?.[1]) * (units[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN)
    if (Number.isSafeInteger(size) && size >= min) return size
    return { problem: `must be bytes, at least ${min}, such as 67108864 or 64MiB, not "${value}"` }
  })
}

/** A size, 0 too. */
export const bytes = bytesFrom(0)

export function integer(min: number, max: number) {
  return parsed(value => {
    if (/^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    return { problem: `must be a whole number from ${min} to ${max}, not "${value}"` }
  })
}

export function oneOf<const T extends string>(...values: readonly T[]) {
  return parsed(value => {
    const found = values.find(candidate => candidate === value)
    return found ?? { problem: `must be one of ${values.join(', ')}, not "${value}"` }
  })
}

export const flag = oneOf('true', 'false').transform(value => value === 'true')

/** A list of HTTP addresses. Their text is not repeated in a problem: it may hold a password. */
export function urls(credentials: string) {
  return parsed(value => {
    const list = splitList(value)
    if (list.length === 0) return { problem: 'has no entry: write http:// or https:// URLs, comma separated' }
    for (const entry of list) {
      const url = URL.canParse(entry) ? new URL(entry) : undefined
      if (url?.protocol === 'hdfs:' || url?.protocol === 'webhdfs:') {
        return { problem: `must be the WebHDFS or HttpFS address, such as http://namenode:9870, not ${url.protocol}//` }
      }
      if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
        return { problem: 'must be http:// or https:// URLs, comma separated' }
      }
      if (url.username !== '' || url.password !== '') {
        return { problem: `must hold no credentials: leave them out of the URL and set ${credentials}` }
      }
      if (url.search !== '' || url.hash !== '') return { problem: 'must be URLs without ? and #' }
    }
    return list
  })
}

/** An address that a person follows. */
export const link = parsed(value => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) return { problem: 'must be one http:// or https:// URL' }
  if (url.username !== '' || url.password !== '')
    return { problem: 'must hold no credentials: everybody would see them' }
  return url.href
})

export const brokers = parsed(value => {
  const list = splitList(value)
  const wrong = { problem: 'must be host:port without a scheme, comma separated: a:9092,b:9092' }
  if (list.length === 0) return wrong
  const bare = list.find(entry => /^\[?[\da-f:.]*:[\da-f:.]*:/i.test(entry))
  if (bare !== undefined) {
    // kafkajs cuts an address at its first colon
    return { problem: `can't hold an IPv6 address, such as ${bare}: write a host name that resolves to it` }
  }
  const fits = list.every(entry => {
    const match = /^[\w.-]+:(\d{1,5})$/.exec(entry)
    return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 65_535
  })
  return fits ? list : wrong
})

/** Hosts as they stand in a redirect. */
export const dataNodes = parsed(value => {
  const list = splitList(value)
  const fits = list.every(entry => /^((\*\.)?[a-z\d_](?:[\w.-]*[a-z\d])?|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(entry))
  if (list.length > 0 && fits) return list
  return { problem: 'must be hosts without a scheme, comma separated: dn1.example, *.data.example, 10.0.0.7:9864' }
})

const urlPath = /^(\/(?!\.{1,2}(\/|$))[\w.-]+)+$/
const pathRule = 'a path of letters, digits, ., _, - and /, with / at its start only once and none at its end'

export const path = matching(urlPath, pathRule)
/** A path, or the word that there is none. */
export const pathOrOff = parsed(value =>
  value === 'off' || urlPath.test(value) ? value : { problem: `must be off, or ${pathRule}, not "${value}"` },
)
export const scriptPath = parsed(value => {
  if (!urlPath.test(value)) return { problem: `must be ${pathRule}, not "${value}"` }
  return /[^/]\.js$/.test(value) ? value : { problem: `must end with .js, such as /clicktrail.js, not "${value}"` }
})

export const topicName = matching(
  /^(?!\.{1,2}$)[\w.-]{1,245}$/,
  'a name of letters, digits, ., _ and -, at most 245 of them',
)

export const hdfsPath = matching(
  /^(\/(?!\.{1,2}(\/|$))[^/\s:]+){2,}$/,
  'an absolute path at least two folders deep, such as /data/events',
)

export const command = parsed(value => {
  const words = commandWords(value)
  if (words?.[0]) return words
  return { problem: 'must be a program and its arguments, with both ends of every quote' }
})

export const hiveTable = matching(/^([a-z]\w*\.)?[a-z]\w*$/i, 'the name of a table, such as events or web.events')

/** An address that is a secret itself: a problem never repeats it. */
export const secretUrl = parsed(value => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.hostname !== '' && url.username === '' && url.password === '')
    return value
  return { problem: 'must be an https:// URL without user and password' }
})

export function atLeast(characters: number) {
  return z.string().min(characters, `must have at least ${characters} characters`)
}
