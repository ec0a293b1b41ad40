/** Text of strangers, fit for a terminal: characters that control it are spelled out. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
