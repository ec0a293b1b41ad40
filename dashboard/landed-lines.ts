import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** No landed record comes near it: the topic takes about 1 MB. */
const maxLineChars = 16 * 1024 * 1024
/** What a statement takes at once. */
const textChars = 2 * 1024 * 1024

/**
 * The lines of these files, one file after the other, in texts of about 2 million characters; `.gz` is unpacked. Rejects on a cut or broken
 * gzip, and on a line longer than 16 MiB. `careful`: lone surrogates become U+FFFD, and it rejects on a line that is not a JSON object,
 * with its number.
 */
export async function* linesOf(paths: readonly string[], careful: boolean): AsyncGenerator<string, void, void> {
  let batches: string[] = []
  let chars = 0
  for (const path of paths) {
    let line = 1
    for await (const batch of lineBatches(path)) {
      batches.push(careful ? readableLines(batch, line) : batch)
      if (careful) line += batch.split('\n').length
      chars += batch.length
      if (chars < textChars) continue
      yield batches.join('\n')
      batches = []
      chars = 0
    }
  }
  if (batches.length > 0) yield batches.join('\n')
}

/**
 * The text of a file in pieces that end with whole lines, without the last newline of each; `.gz` is unpacked, any
 * number of gzip members. Rejects on a cut or broken gzip, and on a line longer than 16 MiB.
 */
async function* lineBatches(path: string): AsyncGenerator<string, void, void> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  // The iterator below reports the error; pipeline only has to pass it on.
  const bytes = path.endsWith('.gz') ? pipeline(file, createGunzip({ chunkSize: 256 * 1024 }), () => {}) : file
  bytes.setEncoding('utf8')
  let rest = ''
  for await (const chunk of bytes) {
    rest += String(chunk)
    const end = rest.lastIndexOf('\n')
    if (end >= 0) {
      yield rest.slice(0, end)
      rest = rest.slice(end + 1)
    } else if (rest.length > maxLineChars) throw new Error(`a line is longer than ${maxLineChars} characters`)
  }
  if (rest !== '') yield rest
}

/** Lone surrogates: legal JSON, but DuckDB refuses them. `JSON.stringify` writes no other `\ud…`. */
const unreadable = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/**
 * The same lines with U+FFFD for what DuckDB can't hold in a text, so that one odd title from a browser doesn't cost
 * the whole file. Throws on a line that is not a JSON object, and says which (`firstLine` counts from 1).
 */
function readableLines(lines: string, firstLine: number): string {
  return lines
    .split('\n')
    .map((line, index) => {
      let value: unknown
      try {
        value = JSON.parse(line)
      } catch (error) {
        throw new Error(`line ${firstLine + index}: ${error instanceof Error ? error.message : String(error)}`)
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new Error(`line ${firstLine + index} is not a JSON object`)
      return JSON.stringify(value).replace(unreadable, '$1\ufffd')
    })
    .join('\n')
}
