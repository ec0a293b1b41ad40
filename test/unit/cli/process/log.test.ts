import { errors } from '@elastic/elasticsearch'
import { expect, it, test } from 'vitest'
import { createLog } from '../../../../cli/process/log.ts'

function logged(write: (log: ReturnType<typeof createLog>) => void): { line: string; fields: Record<string, unknown> } {
  const lines: string[] = []
  write(createLog('info', { write: text => void lines.push(text) }))
  expect(lines).toHaveLength(1)
  return { line: lines[0] ?? '', fields: JSON.parse(lines[0] ?? '') }
}

test.each([
  [{ headers: { authorization: 'Bearer hunter2' } }],
  [{ authorization: 'Basic hunter2' }],
  [{ cookie: 'session=hunter2' }],
  [{ answer: { headers: { 'set-cookie': 'hunter2' } } }],
  [{ req: { url: '/v1/events', body: 'hunter2' } }],
  [{ response: { body: 'hunter2' } }],
  [{ sink: { password: 'hunter2' } }],
  [{ body: '{"site":"hunter2"}' }],
])('keeps %j out of the log', fields => {
  const { line } = logged(log => log.info({ ...fields, topic: 'clicks' }, 'something happened'))
  expect(line).not.toContain('hunter2')
  expect(line).toContain('"topic":"clicks"')
})

it('says of an error what went wrong, with its causes, and nothing of the request that it carries', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    address: '127.0.0.1',
    port: 9200,
  })
  const error = Object.assign(new Error('no answer', { cause }), {
    config: { headers: { authorization: 'hunter2' } },
    body: 'hunter2',
    code: 'unavailable',
  })
  const { line, fields } = logged(log => log.error({ err: error }, 'failed'))
  expect(line).not.toContain('hunter2')
  expect(fields['err']).toMatchObject({
    type: 'Error',
    message: 'no answer',
    code: 'unavailable',
    stack: expect.stringContaining('no answer'),
    cause: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', port: 9200 },
  })
})

it('keeps the documents out that an error of the Elasticsearch client carries', () => {
  const error = new errors.ResponseError({
    statusCode: 403,
    body: { error: { type: 'a', reason: 'b', root_cause: [{ type: 'security_exception', reason: 'not you' }] } },
    headers: {},
    warnings: null,
    meta: {
      context: null,
      name: 'x',
      request: {
        params: { method: 'POST', path: '/_bulk', body: 'hunter2', headers: { authorization: 'hunter2' } },
        options: {},
        id: 1,
      },
      connection: null,
      attempts: 0,
      aborted: false,
    },
  })
  expect(JSON.stringify({ ...error })).toContain('hunter2')
  const { line, fields } = logged(log => log.warn({ err: error }, 'failed'))
  expect(line).not.toContain('hunter2')
  expect(fields['err']).toMatchObject({ type: 'ResponseError', message: expect.stringContaining('not you') })
})

it('ends with causes that go round in a circle, and takes what is no error', () => {
  const error = new Error('round')
  error.cause = error
  expect(logged(log => log.error({ err: error }, 'failed')).fields['err']).toMatchObject({
    cause: { message: 'round' },
  })
  expect(logged(log => log.error({ err: 'text' }, 'failed')).fields['err']).toMatchObject({ message: 'text' })
})
