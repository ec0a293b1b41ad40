import { type Options, optionsOf, usage } from './options.ts'
import { soak } from './soak.ts'
import { tableOf } from './table.ts'

// What is left over where a soak could not be played to its end must not keep it alive.
process.exit(await main(process.argv.slice(2)))

async function main(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = optionsOf(args, process.env)
  } catch (error) {
    console.error(`bench soak: ${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
  if (options.help) {
    console.log(usage)
    return 0
  }
  try {
    const { outcome, red } = await soak(options)
    console.log(tableOf(outcome))
    for (const reason of red) console.log(`RED ${reason}`)
    return red.length > 0 ? 1 : 0
  } catch (error) {
    console.error(error)
    return 1
  }
}
