/** Text that the collector takes: cut to `max` UTF-16 code units, each NUL and each half of a surrogate pair made U+FFFD. */
export function clean(text: string, max: number): string {
  return text.slice(0, max).replace(/[\0\ud800-\udfff]/gu, '\ufffd')
}
