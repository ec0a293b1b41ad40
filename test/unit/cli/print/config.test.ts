import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { loadConfigFrom } from '../../../../cli/config/config.ts'
import { type Setting, type SettingKey, settings } from '../../../../cli/config/settings.ts'
import { collectorSettings, topicSettings } from '../../../../cli/options/options.ts'
import { printedConfig } from '../../../../cli/print/config.ts'
import { runClicktrail } from '../../../support/clicktrail.ts'

const keys = Object.keys(settings) as SettingKey[]

function rows(env: Record<string, string>, flags: Partial<Record<SettingKey, string>> = {}): string[] {
  const { config, sources } = loadConfigFrom({ command: 'collector', env, flags })
  return printedConfig(keys, config, sources)
    .trimEnd()
    .split('\n')
    .map(line => line.replace(/ {2,}/g, '|'))
}

describe('the printed configuration', () => {
  it('has every setting, one a line, with its value and where that comes from', () => {
    const printed = rows({ CLICKTRAIL_TOPIC: 'clicks', KAFKA_BROKERS: 'a:1' }, { port: '9001' })
    expect(printed).toHaveLength(keys.length)
    expect(printed).toContain('CLICKTRAIL_TOPIC|clicks|environment')
    expect(printed).toContain('CLICKTRAIL_PORT|9001|flag --port')
    expect(printed).toContain('CLICKTRAIL_ACKS|1|default')
    expect(printed).toContain('ELASTICSEARCH_URL|-|not set')
  })

  it('names what a default comes to', () => {
    const printed = rows({ CLICKTRAIL_DATA_DIR: './there', KAFKA_BROKERS: 'a:1' })
    expect(printed).toContain('CLICKTRAIL_HOST|0.0.0.0|default')
    expect(printed).toContain('CLICKTRAIL_FLUSH_MAX_AGE_MS|600000|default')
    expect(printed).toContain(`CLICKTRAIL_DATA_DIR|${resolve('there')}|environment`)
  })

  it('holds no secret, wherever it comes from', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret')
    writeFileSync(file, 'hunter2-from-a-file')
    const env: Record<string, string> = {
      KAFKA_BROKERS: 'a:1',
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'u',
    }
    const secrets = Object.values(settings).filter((setting: Setting) => setting.secret)
    for (const { name } of secrets) env[name] = 'https://hunter2.example/from-the-environment'
    delete env['CLICKTRAIL_VISITOR_SECRET']
    env['CLICKTRAIL_VISITOR_SECRET_FILE'] = file
    delete env['ELASTICSEARCH_PASSWORD']
    const printed = rows(env)
    expect(printed.join('\n')).not.toContain('hunter2')
    expect(printed).toContain('KAFKA_SASL_PASSWORD|<redacted>|environment')
    expect(printed).toContain(`CLICKTRAIL_VISITOR_SECRET|<redacted>|file ${file}`)
    expect(printed).toContain('ELASTICSEARCH_API_KEY|<redacted>|environment')
  })
})

const fallbackOf = (key: SettingKey) => {
  const { fallback }: Setting = settings[key]
  return fallback
}
const { config: plain } = loadConfigFrom({ command: 'start', env: {} })
const described = new Set<SettingKey>([
  'host',
  'adminPort',
  'flushMaxAgeMs',
  'flushMaxRecords',
  'sitesFile',
  'visitorSecret',
  'hdfsUser',
])
const literal = keys.filter(key => fallbackOf(key) && !described.has(key))
test.each(literal)('the default that is shown for %s is the one that is used', key => {
  const { fallback = '', name }: Setting = settings[key]
  const { config } = loadConfigFrom({ command: 'start', env: { [name]: fallback } })
  expect(config).toEqual({ ...plain, kafka: config.kafka })
})

describe('--print-config', { timeout: 60_000 }, () => {
  it('prints what the command has and ends with 0, even where it could not run', async () => {
    const { code, output } = await runClicktrail({
      args: ['collector', '--print-config', '--port', '9001'],
      env: { CLICKTRAIL_VISITOR_SECRET: 'hunter2-and-some-more' },
    })
    expect(code).toBe(0)
    expect(output.trim().split('\n')).toHaveLength(new Set([...collectorSettings, ...topicSettings]).size)
    expect(output).toMatch(/CLICKTRAIL_PORT +9001 +flag --port/)
    expect(output).toMatch(/KAFKA_BROKERS +- +not set/)
    expect(output).not.toContain('hunter2')
  })

  it.each([
    ['start'],
    ['consume', 'hdfs'],
    ['consume', 'elasticsearch'],
    ['topics', 'apply'],
    ['topics', 'describe'],
    ['elasticsearch', 'setup'],
    ['hive', 'ddl'],
  ])('is there for %s %s', async (...args) => {
    const { code, output } = await runClicktrail({ args: [...args, '--print-config'], env: { HDFS_PATH: '/a/b' } })
    expect(code).toBe(0)
    expect(output).toMatch(/ (default|not set|environment)$/m)
  })

  it('reports a bad configuration instead', async () => {
    const { code, output } = await runClicktrail({ args: ['start', '--print-config'], env: { CLICKTRAIL_ACKS: '2' } })
    expect(code).toBe(2)
    expect(output).toContain('CLICKTRAIL_ACKS must be one of')
  })
})
