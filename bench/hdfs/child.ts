import { fork } from 'node:child_process'
import { z } from 'zod'

/** Runs this bench's file again with these arguments, in a process of its own; resolves to the first message that it sends. */
export function askChild<T>(args: readonly string[], schema: z.ZodType<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? '', args, { stdio: ['ignore', 2, 2, 'ipc'] })
    child.once('message', message => {
      child.disconnect()
      resolve(schema.parse(message))
    })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${args.join(' ')} ended with ${code} and no answer`)))
  })
}

const hello = z.object({ url: z.string() })
const called = z.object({ calls: z.array(z.string()) })

export interface FakeProcess {
  url: string
  /** Operations since the last question, in order. */
  calls(): Promise<string[]>
  close(): void
}

/** The fake HDFS in a process of its own: on loopback, with its work on another core. */
export function startFakeProcess(filesInTable = 0): Promise<FakeProcess> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? '', ['--serve-fake', String(filesInTable)], {
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`the fake ended with ${code}`)))
    child.once('message', message =>
      resolve({
        url: hello.parse(message).url,
        calls: () =>
          new Promise(answer => {
            child.once('message', reply => answer(called.parse(reply).calls))
            child.send('calls')
          }),
        close: () => void child.kill(),
      }),
    )
  })
}
