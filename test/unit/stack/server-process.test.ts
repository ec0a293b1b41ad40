import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logFile, stackDir } from '../../../test/stack/folders.ts'
import { poll } from '../../../test/stack/poll.ts'
import { inspect, type ServerProcess, startProcess, stopProcess } from '../../../test/stack/server-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'clicktrail-process-'))
let name: string
let count = 0
const never = new AbortController().signal
const silent = () => undefined

beforeEach(() => {
  count += 1
  name = `unit-${process.pid}-${count}`
})
afterEach(async () => {
  await stopProcess(name, 'SIGKILL')
  for (const file of [logFile(name), logFile(`${name}.previous`)]) rmSync(file, { force: true })
})

/** A server that is a Node script instead of a Java class. */
function scripted(script: string, ports: number[] = []): ServerProcess {
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, script)
  return {
    name,
    ports,
    prepare: async mark => ({ file: process.execPath, args: [file, mark], cwd: folder }),
    ready: async log => log.includes('serving'),
  }
}

const lasting = "setInterval(() => {}, 1000); console.log('serving')"

test('starts once, says so the second time, and stops', async () => {
  const lines: string[] = []
  expect(await startProcess(scripted(lasting), line => lines.push(line), never)).toBe(true)
  expect(await startProcess(scripted(lasting), line => lines.push(line), never)).toBe(false)
  expect(lines.at(-1)).toMatch(/already running \(pid \d+\)$/)
  expect(await stopProcess(name)).toBe(true)
  expect(inspect(name).running).toEqual([])
  expect(await stopProcess(name)).toBe(false)
})

test('shows the end of the log of one that dies while it starts', async () => {
  const dying = scripted("console.error('no room on the disk'); process.exit(3)")
  const failure = startProcess(dying, silent, never)
  await expect(failure).rejects.toThrow(/died while it started/)
  await expect(failure).rejects.toThrow('no room on the disk')
  await expect(failure).rejects.toThrow(logFile(name))
})

test('names the port that somebody else has', async () => {
  const stranger = createServer()
  await new Promise<void>(resolve => stranger.listen(0, '127.0.0.1', resolve))
  const address = stranger.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(startProcess(scripted(lasting, [port]), silent, never)).rejects.toThrow(
    `${name} can't start: port ${port} on 127.0.0.1 is taken`,
  )
  stranger.close()
})

test('starts again after it was killed', async () => {
  await startProcess(scripted(lasting), silent, never)
  const { group } = inspect(name)
  process.kill(group ?? 0, 'SIGKILL')
  expect(await poll(5_000, async () => inspect(name).running.length === 0)).toBe(true)
  expect(inspect(name).group).toBe(group)
  expect(await startProcess(scripted(lasting), silent, never)).toBe(true)
})

test('crashes at once what would ignore SIGTERM', async () => {
  await startProcess(scripted(`process.on('SIGTERM', () => {}); ${lasting}`), silent, never)
  expect(await stopProcess(name, 'SIGKILL')).toBe(true)
  expect(inspect(name).running).toEqual([])
})

test('leaves a stranger alone that was given the pid of a dead server', async () => {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
  mkdirSync(join(stackDir, 'pids'), { recursive: true })
  writeFileSync(join(stackDir, 'pids', name), String(stranger.pid))
  expect(await stopProcess(name)).toBe(false)
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
  stranger.kill('SIGKILL')
})

test('gives up waiting when it is told to', async () => {
  const abort = new AbortController()
  const start = startProcess(
    scripted('setInterval(() => {}, 1000)'),
    line => line.includes('starting') && abort.abort(new Error('enough')),
    abort.signal,
  )
  await expect(start).rejects.toThrow('enough')
})
