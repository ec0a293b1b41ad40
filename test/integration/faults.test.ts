import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Rejects with all that was printed, the seed of each red row among it. Ended before the test's own limit, it takes its servers with it. */
async function runFaults(timeout: number, ...args: string[]): Promise<string> {
  const command = ['test/faults/from-checkout.mjs', '--seed', String(Date.now() % 1_000_000), ...args]
  return (await promisify(execFile)(process.execPath, command, { timeout })).stdout
}

test('loses and doubles nothing in one run of each fault on fakes, and catches writers that do', async () => {
  expect(await runFaults(300_000, '--seeds', '1', '--at-once', '8')).toContain('control: names by start and end')
}, 330_000)

test('loses and doubles nothing with real writers that come and go, and with some whose answers are lost', async () => {
  const chosen = ['--only', 'real: rebalance storm', 'real: answers lost', '--except', 'elasticsearch']
  const table = await runFaults(450_000, '--real', '--short', ...chosen)
  expect(table.match(/ ok$/gm)).toHaveLength(2)
}, 480_000)
