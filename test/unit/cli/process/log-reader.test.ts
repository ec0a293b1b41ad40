import { type ChildProcess, type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleFixture } from '../../../support/bundle-fixture.ts'

type Child = ChildProcessByStdio<null, Readable, Readable>

/** More than any pipe or socket takes in, and less than the log keeps in memory. */
const someLines = 5_000

/** Far more than the log keeps in memory. */
const tooManyLines = 40_000

/** What a stop may take; a child that takes longer is killed, and the test fails. */
const stopMs = 8_000

let fixture: Awaited<ReturnType<typeof bundleFixture>>
const children = new Set<Child>()

beforeAll(async () => {
  fixture = await bundleFixture('log-lines')
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  fixture.remove()
})

function start(lines: number, then: 'wait' | 'exit' | 'dashboard'): Child {
  const child = spawn(process.execPath, [fixture.script, String(lines), then], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  return child
}

async function said(from: Child, word: string): Promise<void> {
  for await (const chunk of from.stdout.iterator({ destroyOnReturn: false })) if (String(chunk).includes(word)) return
}

/** The exit code of a child that is about to end: null where it did not end in time. */
async function ended(ending: ChildProcess): Promise<number | null> {
  const timer = setTimeout(() => ending.kill('SIGKILL'), stopMs)
  if (ending.exitCode === null && ending.signalCode === null) await once(ending, 'exit')
  clearTimeout(timer)
  return ending.exitCode
}

interface Line {
  n?: number
  dropped?: number
  msg: string
}

/** The lines of the log up to its end, with `after` once for each chunk. */
async function read(from: Child, after?: (text: string) => Promise<void>): Promise<Line[]> {
  let text = ''
  for await (const chunk of from.stderr.setEncoding('utf8')) {
    text += chunk
    await after?.(text)
  }
  return text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line)]))
}

const numbered = (lines: readonly Line[]) => lines.flatMap(({ n }) => (n === undefined ? [] : [n]))
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

// Node's 'pipe' is a socket, as is standard error under systemd.
it.concurrent.each(['wait', 'dashboard'] as const)(
  'stops while nobody takes its lines from a socket: %s',
  async then => {
    const child = start(someLines, then)
    await said(child, 'logged')
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(0)
  },
)

it.concurrent('stops while nobody takes its lines from a pipe that a child of it has made to block', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'clicktrail-log-'))
  spawnSync('mkfifo', [join(dir, 'pipe')])
  const pipe = openSync(join(dir, 'pipe'), constants.O_RDWR)
  const args = [fixture.script, String(someLines), 'inherited']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', pipe] })
  let output = ''
  child.stdout?.on('data', chunk => {
    output += chunk
    if (output === 'logged\n') child.kill('SIGTERM')
  })
  expect(await ended(child)).toBe(0)
  closeSync(pipe)
  rmSync(dir, { recursive: true })
})

it.concurrent('stops when the reader that took nothing goes before the signal', async () => {
  const child = start(someLines, 'wait')
  await said(child, 'logged')
  child.stderr.destroy()
  child.kill('SIGTERM')
  expect(await ended(child)).toBe(0)
})

it.concurrent('stops when the reader that took nothing goes in the middle of the exit', async () => {
  const child = start(someLines, 'wait')
  await said(child, 'logged')
  child.kill('SIGTERM')
  await said(child, 'stopping')
  child.stderr.destroy()
  expect(await ended(child)).toBe(0)
})

it.concurrent.each(['wait', 'exit'] as const)('lives and ends by itself without any reader: %s', async then => {
  const child = start(someLines, then)
  child.stderr.destroy()
  if (then === 'wait') {
    await said(child, 'logged')
    child.kill('SIGTERM')
  }
  expect(await ended(child)).toBe(0)
})

it.concurrent('gives a slow reader every line in order, while it runs', async () => {
  const child = start(someLines, 'wait')
  await said(child, 'logged')
  const lines = await read(child, async text => {
    await pause(2)
    if (text.includes(`"n":${someLines - 1},`)) child.kill('SIGTERM')
  })
  expect(numbered(lines)).toEqual(upTo(someLines))
  expect(lines.at(-1)?.msg).toBe('stopped')
})

it.concurrent('loses no line that it logs right before process.exit', async () => {
  const child = start(someLines, 'exit')
  expect(numbered(await read(child))).toEqual(upTo(someLines))
  expect(await ended(child)).toBe(0)
})

it.concurrent('keeps a bounded part of what nobody takes, and counts the rest', async () => {
  const child = start(tooManyLines, 'wait')
  await said(child, 'logged')
  const reading = read(child)
  child.kill('SIGTERM')
  const lines = await reading
  const dropped = lines.reduce((sum, line) => sum + (line.dropped ?? 0), 0)
  const kept = numbered(lines)
  expect(kept).toEqual(upTo(kept.length))
  expect(dropped).toBeGreaterThan(tooManyLines / 4)
  expect(kept.length + lines.filter(({ msg }) => msg === 'stopped').length + dropped).toBe(tooManyLines + 1)
})
