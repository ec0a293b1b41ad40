/** Line breaks, space before a colon (see {@link colonsIn}), and numbers that are too long for Hive's parser. */
const odd = /[\n\r]|"\s+:|\d{300}/

/** As many as there are members; more where a member is there twice (or a text looks like one). */
function colonsIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count++
  return count
}

/**
 * Whether the JSON text of an object with so many members, at every depth, may be landed as it came: on one line, each member
 * once, no number that Hive can't read. False for some texts that might be; written anew, they are the same.
 */
export function mayKeepText(text: string, members: number): boolean {
  return text.startsWith('{"') && text.endsWith('}') && !odd.test(text) && colonsIn(text) === members
}
