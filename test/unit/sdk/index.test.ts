import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Runs code in a Node of its own, as a server would that renders pages. */
function onServer(code: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: new URL('../../../', import.meta.url),
    encoding: 'utf8',
    timeout: 20_000,
  })
  return { status, stdout, stderr }
}

const use = `import * as sdk from './sdk/dist/index.js'
  for (const tracker of [sdk, sdk.createTracker()]) {
    tracker.init({ site: 'example', outbound: true, hash: true, storage: 'local' })
    for (let i = 0; i < 20; i++) tracker.track('signup', { plan: 'free' })
    tracker.page()
    tracker.identify('ada')
    tracker.flush()
    tracker.optOut()
    tracker.optIn()
    tracker.status()
    tracker.init({ site: 'example', consent: 'wait' })
  }
  sdk.dump()`

test('can be imported and called on a server: throws nothing, says nothing, and lets the process end', () => {
  expect(onServer(use)).toEqual({ status: 0, stdout: '', stderr: '' })
})

test('sends nothing from a server', () => {
  const code = `globalThis.fetch = () => console.log('sent')
    ${use}
    setTimeout(() => console.log('done'), 2_500)`
  expect(onServer(code)).toEqual({ status: 0, stdout: 'done\n', stderr: '' })
})
