/**
 * The words of a command line, as a shell would part them: spaces between them, 'single' and "double" quotes around what
 * belongs together. Nothing else has a meaning: no variables, no escapes, no pipes. Undefined for a quote without its end.
 */
export function commandWords(line: string): string[] | undefined {
  const words: string[] = []
  const word = /\s*((?:[^\s'"]|'[^']*'|"[^"]*")+)\s*/y
  while (word.lastIndex < line.length) {
    const found = word.exec(line)?.[1]
    if (found === undefined) return undefined
    words.push(found.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''))
  }
  return words
}
