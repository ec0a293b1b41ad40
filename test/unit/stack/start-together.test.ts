import { rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { logFile } from '../../../test/stack/folders.ts'
import type { ServerProcess } from '../../../test/stack/server-process.ts'
import { stopProcess } from '../../../test/stack/server-process.ts'
import type { StackProcess } from '../../../test/stack/stack-processes.ts'
import { startTogether } from '../../../test/stack/start-together.ts'

/** One that can't be prepared, or that runs without ever being ready. */
function scripted(name: string, prepare: ServerProcess['prepare']): ServerProcess {
  return { name, ports: [], prepare, ready: async () => false }
}

test('gives up the rest of a server when one of its processes fails', async () => {
  const waiting = `unit-waiting-${process.pid}`
  onTestFinished(async () => {
    await stopProcess(waiting, 'SIGKILL')
    rmSync(logFile(waiting), { force: true })
  })
  const processes: StackProcess[] = [
    {
      server: 'hdfs',
      process: scripted(waiting, async mark => ({ file: 'sh', args: ['-c', 'sleep 60; :', mark], cwd: '/' })),
    },
    { server: 'hdfs', process: scripted('unit-failing', () => Promise.reject(new Error('no Java'))) },
  ]
  const outcomes = await startTogether(processes, () => undefined)
  expect(outcomes).toEqual([
    { name: waiting, started: false },
    { name: 'unit-failing', started: false, error: 'no Java' },
  ])
})
