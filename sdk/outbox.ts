import { explain } from './explain.ts'
import { lose } from './losses.ts'
import { options } from './options.ts'
import { memory, type Place, shared } from './storage.ts'

const maxBatches = 64
const maxChars = 262_144
const maxAgeMs = 604_800_000

let full = false

/** The bodies of all batches that no collector has acknowledged: where the browser has room, they outlive the page. */
export const outbox = (): Place => (full ? memory : shared())

/** Puts a body into the outbox; into this page's memory, like all from then on, where the browser has no room. */
export function put(key: string, body: string): void {
  try {
    outbox()[key] = body
  } catch {
    explain('the storage of this origin is full: what is not delivered lasts as long as this page')
    full = true
    memory[key] = body
  }
}

/** Takes a body out. */
export function take(key: string): void {
  delete outbox()[key]
}

/** How long ago the batch was sealed, ms: its key begins with that time. */
export const ageOf = (key: string): number => Date.now() - (key.split(' ')[0] as unknown as number)

/** Where the batch goes, with its age. */
export const urlOf = (key: string): string => `${options.endpoint}?age=${ageOf(key)}`

/**
 * The keys of this endpoint's batches, newest first: at most 64, 256 Ki characters and 7 days old. What is beyond that
 * is given up here.
 */
export function undelivered(): string[] {
  let batches = maxBatches
  let chars = maxChars
  return Object.keys(outbox())
    .sort()
    .reverse()
    .filter(key => {
      if (key.split(' ')[1] !== options.endpoint) return false
      const body = outbox()[key] as string
      chars -= body.length
      const fits = batches-- > 0 && chars > 0 && ageOf(key) < maxAgeMs
      if (!fits) {
        take(key)
        lose('full', JSON.parse(body).events.length)
      }
      return fits
    })
}
