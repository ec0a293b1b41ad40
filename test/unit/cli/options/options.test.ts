import { afterEach, expect, it, vi } from 'vitest'
import type { Config } from '../../../../cli/config/config.ts'
import { collectorSettings, toCommand, topicSettings } from '../../../../cli/options/options.ts'

const ran = vi.fn<(config: Config, flags: Readonly<Record<string, unknown>>) => Promise<void>>(async () => {})

const command = () =>
  toCommand({
    name: 'collector',
    command: 'collector',
    help: 'run the collector',
    settings: [...collectorSettings, ...topicSettings],
    flags: [{ flags: '--partitions <n>', help: 'how many', parse: Number }],
    run: ran,
  })

afterEach(() => {
  ran.mockClear()
  vi.unstubAllEnvs()
})

it('makes a flag of each setting, and hands over what a command has beside them', async () => {
  await command().parseAsync(['--port', '9001', '--kafka-brokers', 'a:9092', '--partitions', '3'], { from: 'user' })
  expect(ran).toHaveBeenCalledOnce()
  const [config, flags] = ran.mock.calls[0] ?? []
  expect(config).toMatchObject({ port: 9001, kafka: { brokers: ['a:9092'] } })
  expect(flags).toMatchObject({ partitions: 3 })
})

it('takes the environment where no flag is given', async () => {
  vi.stubEnv('CLICKTRAIL_PORT', '9002')
  await command().parseAsync([], { from: 'user' })
  expect(ran.mock.calls[0]?.[0]).toMatchObject({ port: 9002 })
})

it('has no flag for a secret, which would show in the process list, and says where it comes from instead', () => {
  const written: string[] = []
  command()
    .configureOutput({ writeOut: text => void written.push(text) })
    .outputHelp()
  const help = written.join('')
  expect(help).toContain('--kafka-sasl-username')
  expect(help).not.toContain('--kafka-sasl-password')
  expect(help).toMatch(/By environment only[\s\S]*KAFKA_SASL_PASSWORD/)
})

it('names the default and the environment variable of each setting', () => {
  expect(command().helpInformation().replace(/\s+/g, ' ')).toContain('public port (default: 8080) [CLICKTRAIL_PORT]')
})
