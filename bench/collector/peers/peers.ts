import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from '../../../test/stack/run.ts'
import { findJava, findMaven } from '../../../test/stack/tools.ts'
import { buildGo, findGo } from '../build.ts'
import { nodeCommand } from '../node-command.ts'
import type { Command } from '../pinned.ts'

const here = resolve('bench/collector/peers')
const built = resolve('bench/dist/collector')

/** The peers whose toolchain is here; what is missing is said and left out. All take PORT, KAFKA_BROKERS and TOPIC. */
export async function peerCommands(bundles: string, log: (line: string) => void): Promise<Command[]> {
  const commands: Command[] = [nodeCommand('naive', bundles)]
  try {
    commands.push(await vertx())
  } catch (error) {
    log(`without the peer vertx: ${error instanceof Error ? error.message : error}`)
  }
  const go = findGo()
  if (go === undefined) log('without the peer go: there is no go command. Install Go 1.24 or newer')
  else commands.push({ name: 'go', file: buildGo(go, 'peers/go', 'peer'), args: [], env: { GOMAXPROCS: '1' } })
  return commands
}

async function vertx(): Promise<Command> {
  const { java, home } = findJava()
  const [pom, source] = [join(here, 'vertx/pom.xml'), join(here, 'vertx/Collector.java')]
  const [jars, classes] = [join(built, 'vertx/jars'), join(built, 'vertx/classes')]
  const marker = join(jars, '.complete')
  mkdirSync(built, { recursive: true })
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== readFileSync(pom, 'utf8')) {
    rmSync(jars, { recursive: true, force: true })
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
    const options = [`-DoutputDirectory=${jars}`, '-DincludeScope=runtime']
    await run(findMaven(), ['-B', '-q', '-f', pom, copy, ...options], join(built, 'vertx-maven.log'))
    writeFileSync(marker, readFileSync(pom))
  }
  const classpath = join(jars, '*')
  const javac = join(home, 'bin/javac')
  const { status, stderr, error } = spawnSync(javac, ['-d', classes, '-cp', classpath, source], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`javac failed: ${error?.message ?? stderr}`)
  const jvm = ['-Xms512m', '-Xmx512m', '-cp', `${classes}:${classpath}`]
  return { name: 'vertx', file: java, args: [...jvm, 'Collector'] }
}
