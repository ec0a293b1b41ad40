import { expect, test } from 'vitest'
import { outcomeOf, remoteExceptionOf } from '../../../../../consumers/hdfs/webhdfs/outcome.ts'

const bodyOf = (exception: string) =>
  Buffer.from(
    JSON.stringify({ RemoteException: { exception, javaClassName: `x.${exception}`, message: 'why\n\tat x' } }),
  )

test.each([
  [403, 'StandbyException', 'unavailable', true],
  [403, 'RetriableException', 'unavailable', true],
  [403, 'SafeModeException', 'unavailable', true],
  [403, 'IOException', 'unavailable', false],
  [500, 'NeverHeardOfException', 'unavailable', false],
  [403, 'FileAlreadyExistsException', 'refused', false],
  [404, 'FileNotFoundException', 'not_found', false],
  [403, 'AccessControlException', 'unauthorized', false],
  [401, 'SecurityException', 'unauthorized', false],
  [403, 'DSQuotaExceededException', 'no_room', false],
  [400, 'IllegalArgumentException', 'invalid', false],
] as const)('takes a %d with %s for %s', (status, exception, code, rotate) => {
  expect(outcomeOf(status, bodyOf(exception))).toEqual({ code, rotate, reason: `${exception}: why` })
})

test.each([
  [401, 'unauthorized', false],
  [403, 'unauthorized', false],
  [400, 'invalid', false],
  [404, 'invalid', false],
  [500, 'unavailable', false],
  [503, 'unavailable', true],
] as const)('goes by the status when a %d names no exception', (status, code, rotate) => {
  expect(outcomeOf(status, Buffer.from('<html>'))).toEqual({ code, rotate, reason: `HTTP ${status}` })
})

test('finds no exception in a body without one', () => {
  expect(remoteExceptionOf(Buffer.from('{"boolean":false}'))).toBeUndefined()
  expect(remoteExceptionOf(Buffer.alloc(0))).toBeUndefined()
})
