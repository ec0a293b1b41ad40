import { readFileSync } from 'node:fs'

/** A change to a shipped file, as an operator or `sed` would make it. */
export type Change = readonly [from: string | RegExp, to: string]

/** A shipped file with these changes, each wherever it applies. Throws where one applies nowhere: then the file is not what the test believes. */
export function shipped(path: string, changes: readonly Change[] = []): string {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  return changes.reduce((before, [from, to]) => {
    const after = before.replaceAll(from, to)
    if (after === before) throw new Error(`${path} has no ${from}`)
    return after
  }, text)
}
