import { checkTable } from '../consumers/hdfs/check/check.ts'
import type { Config } from './config.ts'
import { createLog } from './log.ts'
import { openTable } from './open-landing-store.ts'
import { printedBytes, printedCheck } from './print-check.ts'

/** Checks the table and prints what was found; the exit code is 1 where something is damaged. */
export async function runCheck(config: Config, json: boolean): Promise<void> {
  const store = await openTable(config, createLog('warn'))
  let shownMs = 0
  const showProgress = (progress: { files: number; ofFiles: number; bytes: number }) => {
    if (!process.stderr.isTTY || Date.now() - shownMs < 100) return
    shownMs = Date.now()
    process.stderr.write(`\r${progress.files} of ${progress.ofFiles} files, ${printedBytes(progress.bytes)} \x1b[K`)
  }
  const report = await checkTable({ store, topic: config.topic, onProgress: showProgress })
  if (shownMs > 0) process.stderr.write('\r\x1b[K')
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : printedCheck(report))
  if (report.damaged) process.exitCode = 1
  await store.close()
}
