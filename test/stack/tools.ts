import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const javaHint = 'Debian/Ubuntu: apt-get install openjdk-17-jdk-headless; macOS: brew install openjdk@17.'

/** The major version in what `java -version` prints: 17 for `"17.0.15"`, 8 for `"1.8.0_392"`. */
export function javaMajor(versionText: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(versionText)
  return match ? Number(match[1]) : undefined
}

/** The full path of a command: of `<HOME variable>/bin` first, then of PATH. */
function findCommand(name: string, environment: NodeJS.ProcessEnv, home?: string): string | undefined {
  const folders = [...(home ? [join(home, 'bin')] : []), ...(environment['PATH'] ?? '').split(delimiter)]
  return folders.map(folder => join(folder, name)).find(existsSync)
}

/** A Java of at least 17. Throws an error that says what is missing and how to install it. */
export function findJava(environment: NodeJS.ProcessEnv = process.env): { java: string; home: string } {
  const java = findCommand('java', environment, environment['JAVA_HOME'])
  if (!java) {
    throw new Error(`Java 17 or newer is needed, and there is no java in JAVA_HOME or on PATH. ${javaHint}`)
  }
  const { stderr, error } = spawnSync(java, ['-version'], { encoding: 'utf8' })
  const major = javaMajor(stderr ?? '')
  if (error || major === undefined || major < 17) {
    const found = error?.message ?? stderr.split('\n')[0]
    throw new Error(`Java 17 or newer is needed, and ${java} is not: ${found}. ${javaHint}`)
  }
  return { java, home: dirname(dirname(realpathSync(java))) }
}

/** Maven, which fetches the servers' jars. Throws an error that says how to install it. */
export function findMaven(environment: NodeJS.ProcessEnv = process.env): string {
  const maven = findCommand('mvn', environment, environment['MAVEN_HOME'])
  if (maven) return maven
  throw new Error(
    'Maven is needed to fetch the servers, and there is no mvn on PATH. Debian/Ubuntu: apt-get install maven; macOS: brew install maven.',
  )
}

/** unzip, which unpacks Elasticsearch. Throws an error that says how to install it. */
export function findUnzip(environment: NodeJS.ProcessEnv = process.env): string {
  const unzip = findCommand('unzip', environment)
  if (unzip) return unzip
  throw new Error(
    'unzip is needed to unpack Elasticsearch, and it is not on PATH. Debian/Ubuntu: apt-get install unzip; macOS has it.',
  )
}
