import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('20,000 damaged bodies and 2,000 damaged connections find nothing', async () => {
  const seed = String(Date.now() % 4_294_967_296)
  const args = ['test/fuzz/from-checkout.mjs', '--bodies', '20000', '--sockets', '2000', '--seed', seed]
  // Rejects with all that was printed, the seed and the input among it.
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(stdout).toContain('nothing found')
})
