import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { parseAnswer, parseBoolean } from '../../consumers/hdfs/webhdfs/client.ts'
import { remoteExceptionOf } from '../../consumers/hdfs/webhdfs/outcome.ts'
import { request } from '../../consumers/hdfs/webhdfs/request.ts'
import { type FakeWebHdfs, startFakeWebHdfs } from '../support/fake-webhdfs/fake-webhdfs.ts'

/** `method op path query…`; `<x>` in a query is a path below the folder of this run. */
const steps = [
  'GET GETFILESTATUS /none',
  'GET LISTSTATUS /none',
  'GET OPEN /none',
  'DELETE DELETE /none',
  'PUT MKDIRS /folder',
  'PUT MKDIRS /folder',
  'GET LISTSTATUS /folder',
  'PUT CREATE /a overwrite=false data=true',
  'PUT CREATE /a overwrite=false data=true',
  'PUT MKDIRS /a',
  'PUT MKDIRS /a/below',
  'GET GETFILESTATUS /a',
  'GET GETFILESTATUS /folder',
  'GET OPEN /a offset=1 length=2',
  'GET OPEN /a offset=100 length=2',
  'PUT RENAME /none destination=<b> renameoptions=NONE',
  'PUT RENAME /a destination=<missing/b> renameoptions=NONE',
  'PUT RENAME /a destination=<folder> renameoptions=NONE',
  'PUT RENAME /none destination=<b>',
  'PUT RENAME /a destination=<missing/b>',
  'PUT CREATE /b overwrite=false data=true',
  'PUT RENAME /a destination=<b> renameoptions=NONE',
  'PUT RENAME /a destination=<b>',
  'PUT RENAME /a destination=<c> renameoptions=NONE',
  'PUT RENAME /c destination=<folder>',
  'GET LISTSTATUS /folder',
  'DELETE DELETE /folder recursive=false',
  'DELETE DELETE /folder recursive=true',
  'DELETE DELETE /b recursive=false',
] as const

const patience = { connectTimeoutMs: 10_000, idleTimeoutMs: 60_000 }
const shape = z.object({
  FileStatus: z.object({ type: z.string(), length: z.int() }).optional(),
  FileStatuses: z.object({ FileStatus: z.array(z.object({ pathSuffix: z.string() })) }).optional(),
})

/** What a client can tell the answers of two servers apart by. */
async function answerTo(step: string, base: string, root: string): Promise<unknown> {
  const [method = '', op = '', path, ...query] = step.split(' ')
  const url = new URL(`${base}/webhdfs/v1${root}${path}?op=${op}&user.name=clicktrail`)
  for (const one of query) {
    const [name = '', value = ''] = one.split('=')
    url.searchParams.set(name, value.replace(/^<(.*)>$/, `${root}/$1`))
  }
  const call = { ...patience, method: z.enum(['GET', 'PUT', 'DELETE']).parse(method) }
  const body = op === 'CREATE' ? [Buffer.from('one two')] : []
  let answer = await request({ ...call, url, body: url.searchParams.has('data') ? body : [] })
  const redirected = answer.status === 307
  if (redirected) answer = await request({ ...call, url: new URL(answer.headers.location ?? ''), body })
  const { status } = answer
  const exception = remoteExceptionOf(answer.body)?.exception
  if (status >= 400) return { step, redirected, status, exception }
  if (op === 'OPEN') return { step, redirected, status, text: String(answer.body) }
  if (op === 'CREATE') return { step, redirected, status }
  if (answer.body.length === 0) return { step, redirected, status, empty: true }
  if (method !== 'GET') return { step, redirected, status, boolean: parseBoolean(op, answer) }
  const { FileStatus, FileStatuses } = parseAnswer(op, answer, shape)
  return { step, redirected, status, FileStatus, names: FileStatuses?.FileStatus.map(one => one.pathSuffix) }
}

let fake: FakeWebHdfs
afterEach(() => fake.close())

test.each([
  { kind: 'webhdfs', real: process.env['HDFS_URL'] ?? 'http://127.0.0.1:9870' },
  { kind: 'httpfs', real: process.env['HTTPFS_URL'] ?? 'http://127.0.0.1:14000' },
] as const)('the fake answers as the real $kind does', async ({ kind, real }) => {
  fake = await startFakeWebHdfs({ kind })
  const root = `/tmp/clicktrail-parity-${randomUUID()}`
  const [expected, got]: [unknown[], unknown[]] = [[], []]
  for (const step of ['PUT MKDIRS ', ...steps]) {
    expected.push(await answerTo(step, real, root))
    got.push(await answerTo(step, fake.urls[0] ?? '', root))
  }
  expect(got).toEqual(expected)
})
