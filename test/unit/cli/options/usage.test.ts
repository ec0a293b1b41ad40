import { Command, InvalidArgumentError } from 'commander'
import { afterEach, expect, it, vi } from 'vitest'
import { oneOf, usageExitsTwo } from '../../../../cli/options/usage.ts'
import { runClicktrail } from '../../../support/clicktrail.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(() => vi.restoreAllMocks())

function run(...words: string[]): () => void {
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true)
  vi.spyOn(process, 'exit').mockImplementation(code => {
    throw new Error(`exit ${code}`)
  })
  const ddl = new Command('ddl').option('--hive <n>', 'which', oneOf(['3', '4'])).action(() => {})
  const hive = new Command('hive').addCommand(ddl)
  return () => usageExitsTwo(new Command('root').addCommand(hive)).parse(words, { from: 'user' })
}

it.each([
  ['nothing', []],
  ['a command that there is not', ['foo']],
  ['half a command', ['hive']],
  ['a command that there is not, further down', ['hive', 'dll']],
  ['a flag that there is not', ['hive', 'ddl', '--hiv']],
  ['a wrong value', ['hive', 'ddl', '--hive', '5']],
])('ends with 2 for %s', (_, words) => {
  expect(run(...words)).toThrow('exit 2')
})

it('ends with 0 for who asks for help', () => {
  expect(run('hive', 'ddl', '--help')).toThrow('exit 0')
})

it.each(['start --prot 1', 'topics aply', 'consume'])('clicktrail %s ends with 2', async line => {
  expect((await runClicktrail({ args: line.split(' ') })).code).toBe(2)
})

it('takes only the words that there are, and names them', () => {
  const parse = oneOf(['hdfs', 'elasticsearch'])
  expect(parse('hdfs')).toBe('hdfs')
  for (const word of ['', 'HDFS', 'hdfs ', 'toString']) expect(() => parse(word)).toThrow(InvalidArgumentError)
  expect(() => parse('foo')).toThrow('It must be one of hdfs, elasticsearch.')
})
