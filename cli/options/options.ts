import { Command } from 'commander'
import { type Command as CommandName, type Config, loadConfigFrom } from '../config/config.ts'
import { flagOf, type Setting, type SettingKey, settings } from '../config/settings.ts'
import { printedConfig } from '../print/config.ts'

/** A flag that isn't a setting: it belongs to one command only. */
export interface Flag {
  flags: string
  help: string
  /** Throws commander's InvalidArgumentError. */
  parse?: (value: string) => number | string
}

export interface Subcommand {
  name: string
  /** Which defaults and which `--help` a wrong setting points to. */
  command: CommandName
  help: string
  settings: readonly SettingKey[]
  /** Settings without which it has no work. */
  needs?: readonly SettingKey[]
  flags?: readonly Flag[]
  /** What stands behind the command without a flag; handed over under its name. `[at]` may be left out, `<at>` not. */
  argument?: { name: string; word: string; help: string; parse: (value: string) => unknown }
  run(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void>
}

function optionHelp(setting: Setting): string {
  const fallback = setting.fallback === undefined ? '' : ` (default: ${setting.fallback})`
  return `${setting.help}${fallback} [${setting.name}]`
}

/** As it is typed: `collector`, `topics apply`. */
function nameOf({ name, command }: Subcommand): string {
  return command.endsWith(name) ? command : `${command} ${name}`
}

/**
 * The commander command of a subcommand: one flag for each of its settings, secrets by environment only, and
 * `--print-config`, which prints what they are and starts nothing. Its action throws a ConfigError.
 */
export function toCommand(subcommand: Subcommand): Command {
  const command = new Command(subcommand.name).description(subcommand.help)
  // Not the help itself: it is so long that the error would scroll away.
  command.showHelpAfterError(`("clicktrail ${nameOf(subcommand)} --help" lists what there is)`)
  const keyOfAttribute = new Map<string, SettingKey>()
  for (const key of subcommand.settings) {
    const setting: Setting = settings[key]
    if (setting.secret) continue
    const option = command.createOption(`${flagOf(setting)} <value>`, optionHelp(setting))
    command.addOption(option)
    keyOfAttribute.set(option.attributeName(), key)
  }
  for (const { flags, help, parse } of subcommand.flags ?? []) {
    if (parse) command.option(flags, help, parse)
    else command.option(flags, help)
  }
  const { argument } = subcommand
  if (argument) command.argument(argument.word, argument.help, argument.parse)
  command.option('--print-config', 'print every setting, its value and where it comes from, and start nothing')
  const secrets = subcommand.settings.map((key): Setting => settings[key]).filter(setting => setting.secret)
  if (secrets.length > 0) {
    const lines = secrets.map(setting => `  ${setting.name}  ${setting.help}`)
    command.addHelpText('after', `\nBy environment only, or from the file named by <NAME>_FILE:\n${lines.join('\n')}`)
  }
  return command.action(async () => {
    const given: Record<string, unknown> = command.opts()
    const flags: Partial<Record<SettingKey, string>> = {}
    for (const [attribute, key] of keyOfAttribute) {
      const value = given[attribute]
      if (typeof value === 'string') flags[key] = value
    }
    const told = { command: subcommand.command, env: process.env, flags }
    if (given['printConfig'] === true) {
      const { config, sources } = loadConfigFrom(told)
      process.stdout.write(printedConfig(subcommand.settings, config, sources))
      return
    }
    const { config } = loadConfigFrom({ ...told, needs: { who: nameOf(subcommand), keys: subcommand.needs ?? [] } })
    await subcommand.run(config, argument ? { ...given, [argument.name]: command.processedArgs[0] } : given)
  })
}

export const kafkaSettings = [
  'kafkaBrokers',
  'kafkaSaslMechanism',
  'kafkaSaslUsername',
  'kafkaSaslPassword',
  'kafkaSsl',
  'kafkaSslCaFile',
] as const satisfies SettingKey[]

export const topicSettings = ['topic', 'logLevel', ...kafkaSettings] as const satisfies SettingKey[]

export const collectorSettings = [
  'host',
  'port',
  'adminPort',
  'dataDir',
  'acks',
  'spoolMaxBytes',
  'origins',
  'sitesFile',
  'ip',
  'userAgent',
  'gpc',
  'visitor',
  'visitorSecret',
  'trustedProxies',
  'rateLimit',
  'eventsPath',
  'scriptPath',
  'privacyPath',
  'privacyRetention',
  'privacyContact',
] as const satisfies SettingKey[]

/** Where a writer tells how it is. */
export const writerSettings = ['host', 'adminPort'] as const satisfies SettingKey[]

export const hdfsSettings = [
  'hdfsUrl',
  'hdfsUser',
  'hdfsPath',
  'hdfsDataNodes',
  'flushMaxAgeMs',
  'flushMaxBytes',
  'flushMaxRecords',
  'fileFormat',
  'generation',
  'hiveCommand',
  'hiveTable',
] as const satisfies SettingKey[]

export const elasticsearchSettings = [
  'elasticsearchUrl',
  'elasticsearchApiKey',
  'elasticsearchUsername',
  'elasticsearchPassword',
  'elasticsearchCaFile',
  'elasticsearchIndex',
] as const satisfies SettingKey[]
