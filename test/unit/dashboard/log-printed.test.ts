import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { logPrinted } from '../../../dashboard/log-printed.ts'

let logged: { line?: string; msg: string }[]
let nowMs: number
let printed: (text: string) => void

beforeEach(() => {
  logged = []
  nowMs = 0
  const logger = pino({}, { write: text => void logged.push(JSON.parse(text)) })
  printed = logPrinted(logger, () => nowMs)
})

const lines = () => logged.flatMap(({ line }) => line ?? [])

test('each line of a piece is a line of the log', () => {
  printed('Error: no\n    at worker\r\n\nNode.js\n')
  expect(lines()).toEqual(['Error: no', '    at worker', 'Node.js'])
})

test('of a long line the beginning is logged', () => {
  printed(`${'a'.repeat(500)}bc`)
  expect(lines()).toEqual(['a'.repeat(500)])
})

test.each([
  ['in one piece', ['\n'.repeat(9) + 'a\n'.repeat(101)]],
  ['in many', Array.from({ length: 300 }, () => 'a\n')],
])('of more than 100 lines a minute %s the rest is dropped, and that is logged once', (_, pieces) => {
  for (const piece of pieces) printed(piece)
  expect(lines()).toHaveLength(100)
  expect(logged.slice(100).map(({ msg }) => msg)).toEqual(['dashboard worker prints more than is logged'])
})

test('100 lines are no more than are logged', () => {
  printed('a\n'.repeat(100))
  expect(logged).toHaveLength(100)
  expect(lines()).toHaveLength(100)
})

test('a minute later lines are logged again', () => {
  printed('a\n'.repeat(101))
  nowMs = 59_999
  printed('too soon\n')
  nowMs = 60_000
  printed('again\n')
  expect(lines().at(-1)).toBe('again')
  expect(lines()).not.toContain('too soon')
})
