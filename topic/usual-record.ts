import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { mayKeepText } from './own-text.ts'

/** A member that must or may be there, and the comma before the next one. Names need no escape. */
const member = (name: string, value: string) => `"${name}":${value}(?:,(?=")|(?=\\}))`
const optional = (name: string, value: string) => `(?:${member(name, value)})?`
const object = (...members: string[]) => `\\{${members.join('')}\\}`

/** Not empty, without escapes: only one end is possible, so that nothing is tried twice. */
const text = '"[^"\\\\\\x00-\\x1f]+"'
const time = `"${z.regexes.datetime({ precision: 3 }).source.slice(1, -1)}"`

/** `recordSchema`, in the order in which the collector writes. Groups: the event's id, the properties. */
const usual = new RegExp(
  `^${object(
    member('@timestamp', time),
    member(
      'event',
      object(
        member('id', '"([ !#-[\\]-~]{1,512})"'),
        member('action', text),
        member('sequence', '[1-9]\\d{0,14}'),
        member('created', time),
      ),
    ),
    member('site', text),
    member('tab', object(member('id', text))),
    optional('session', object(member('id', text))),
    optional('user', object(optional('id', text), optional('name', text))),
    optional('url', object(member('full', text), optional('domain', text), optional('path', text))),
    optional('page', object(optional('title', text), optional('language', text))),
    optional('http', object(member('request', object(member('referrer', text))))),
    optional('client', object(member('ip', text))),
    optional(
      'user_agent',
      object(
        optional('original', text),
        optional('name', text),
        optional('version', text),
        optional('os', object(optional('name', text), optional('version', text))),
        optional('device', object(optional('name', text), optional('type', text))),
        optional('bot', '(?:true|false)'),
      ),
    ),
    optional('properties', '(\\{[^]*\\})'),
  )}$`,
)

const maxNameChars = 1_000

/** Whether they are flat, may be landed as they came, and end where the record's last brace is. */
function arePlain(json: string): boolean {
  let properties: Record<string, unknown>
  try {
    properties = JSON.parse(json)
  } catch {
    // Another member follows.
    return false
  }
  let count = 0
  for (const name in properties) {
    const value = properties[name]
    const type = typeof value
    if (type !== 'string' && type !== 'boolean' && !Number.isFinite(value)) return false
    if (name.length > maxNameChars) return false
    count++
  }
  return count === 0 ? json === '{}' : mayKeepText(json, count)
}

/**
 * The event's id in a record that is written as our collector does it, which `decodeRecord` would take and land as it is, or
 * written anew with the same meaning; undefined for any other, good or bad. Several times faster, as it makes no objects.
 */
export function usualEventId(value: Uint8Array): string | undefined {
  if (!isUtf8(value)) return undefined
  // As Latin-1, whatever lies outside ASCII stays inside its text: what matters to JSON is all ASCII (RFC 3629 §1).
  const match = usual.exec(Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1'))
  return match && (match[2] === undefined || arePlain(match[2])) ? match[1] : undefined
}
