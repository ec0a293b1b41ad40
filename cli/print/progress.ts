/** One line that is written over, for people who wait at a terminal; nothing elsewhere. */
export interface Progress {
  show(text: string): void
  /** Takes the line away. */
  end(): void
}

const everyMs = 100

export function createProgress(): Progress {
  let shownMs = 0
  return {
    show(text) {
      if (!process.stderr.isTTY || Date.now() - shownMs < everyMs) return
      shownMs = Date.now()
      process.stderr.write(`\r${text} \x1b[K`)
    },
    end() {
      if (shownMs > 0) process.stderr.write('\r\x1b[K')
      shownMs = 0
    },
  }
}
