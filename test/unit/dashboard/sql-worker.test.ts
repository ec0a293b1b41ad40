import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { builtDashboard } from './built-dashboard.ts'

/** Starts the worker, says its process id, and is gone before the worker runs. */
const briefParent = `
  const { fork } = require('node:child_process')
  const worker = fork(process.argv[1], [process.argv[2]], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  process.stdout.write(String(worker.pid), () => process.kill(process.pid, 'SIGKILL'))`

const lives = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('the worker ends although its dashboard was killed while it started', async () => {
  const { sqlWorker } = await builtDashboard()
  const dir = await mkdtemp(join(tmpdir(), 'clicktrail-orphan-'))
  const parent = spawn(process.execPath, ['-e', briefParent, sqlWorker, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = Number(await text(parent.stdout))
  expect(pid).toBeGreaterThan(0)
  await vi.waitFor(() => expect(lives(pid)).toBe(false), { timeout: 20_000, interval: 50 })
  await rm(dir, { recursive: true })
}, 30_000)
