import { type Command, InvalidArgumentError } from 'commander'

/** A command that ends with 2 when it, or one below it, is called wrongly: a 1 says what it found. */
export function usageExitsTwo(command: Command): Command {
  for (const below of command.commands) usageExitsTwo(below)
  return command.exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))
}

/** Reads a whole number of at least `min`; throws commander's error. */
export function wholeFrom(min: number): (value: string) => number {
  return value => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (number >= min) return number
    throw new InvalidArgumentError(`It must be a whole number from ${min}.`)
  }
}

/** Reads one of `choices`; throws commander's error, which names them. */
export function oneOf(choices: readonly string[]): (value: string) => string {
  return value => {
    if (choices.includes(value)) return value
    throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`)
  }
}
