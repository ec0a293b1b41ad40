import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jarsDir, logFile, resources } from './folders.ts'
import { withLock } from './lock.ts'
import { run } from './run.ts'
import { findMaven, findUnzip } from './tools.ts'

type Progress = (line: string) => void

const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1'

/** Makes `jarsDir(name)` complete with what `fill` puts there, unless it already is for the same `recipe`. */
async function complete(
  name: string,
  recipe: string,
  progress: Progress,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = jarsDir(name)
  const marker = join(folder, '.complete')
  const hash = createHash('sha256').update(recipe).digest('hex')
  const isComplete = () => existsSync(marker) && readFileSync(marker, 'utf8') === hash
  if (isComplete()) return folder
  // two Mavens at a time may spoil the local repository
  return await withLock('jars', async () => {
    if (isComplete()) return folder
    const begin = Date.now()
    progress(`${name}: fetching jars…`)
    const partial = `${folder}.partial`
    rmSync(partial, { recursive: true, force: true })
    await fill(partial)
    rmSync(folder, { recursive: true, force: true })
    writeFileSync(join(partial, '.complete'), hash)
    renameSync(partial, folder)
    progress(`${name}: jars fetched in ${((Date.now() - begin) / 1000).toFixed(1)} s`)
    return folder
  })
}

/** The folder with all jars of `jars/<name>.xml`, fetched by Maven where they aren't there yet or the pom has changed. */
export async function fetchJars(name: string, progress: Progress): Promise<string> {
  const pom = join(resources, 'jars', `${name}.xml`)
  return await complete(name, readFileSync(pom, 'utf8'), progress, folder =>
    run(
      findMaven(),
      ['-B', '-q', '-f', pom, `${plugin}:copy-dependencies`, `-DoutputDirectory=${folder}`, '-DincludeScope=runtime'],
      logFile('maven'),
    ),
  )
}

/** The unpacked distribution: the folder that holds `bin/elasticsearch`. */
export async function fetchElasticsearch(version: string, progress: Progress): Promise<string> {
  const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${version}:zip`
  const folder = await complete('elasticsearch', artifact, progress, async partial => {
    const unzip = findUnzip()
    await run(
      findMaven(),
      ['-B', '-q', `${plugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${partial}`],
      logFile('maven'),
    )
    const [zip] = readdirSync(partial)
    if (!zip) throw new Error(`Maven fetched no ${artifact}.`)
    await run(unzip, ['-q', zip], logFile('maven'), partial)
    rmSync(join(partial, zip))
  })
  return join(folder, `elasticsearch-${version}`)
}
