import { checkTable } from '../consumers/hdfs/check/check.ts'
import type { Config } from './config/config.ts'
import { openTable } from './open/landing-store.ts'
import { printedBytes, printedCheck } from './print/check.ts'
import { createProgress } from './print/progress.ts'
import { createLog } from './process/log.ts'

/** Checks the table and prints what was found; the exit code is 1 where something is damaged. */
export async function runCheck(config: Config, json: boolean): Promise<void> {
  const store = await openTable(config, createLog('warn'))
  const progress = createProgress()
  const report = await checkTable({
    store,
    topic: config.topic,
    onProgress: ({ files, ofFiles, bytes }) => progress.show(`${files} of ${ofFiles} files, ${printedBytes(bytes)}`),
  })
  progress.end()
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : printedCheck(report))
  if (report.damaged) process.exitCode = 1
  await store.close()
}
