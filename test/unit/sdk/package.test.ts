import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build, stop } from 'esbuild'
import { publint } from 'publint'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { bundleSdk } from '../../../sdk/bundle.mjs'
import { printSizes } from '../../../sdk/sizes.mjs'

const run = promisify(execFile)
// Compilers and npm are slow while other tests run beside this one.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 })

let folder: string
/** What npm packs, and a project that has installed it. */
let tarball: string
let project: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clicktrail-package-'))
  const source = join(folder, 'source')
  for (const file of ['package.json', 'README.md', 'LICENSE']) await cp(join('sdk', file), join(source, file))
  await bundleSdk(join(source, 'dist'))
  await run('npm', ['pack', '--offline', '--ignore-scripts', '--pack-destination', folder], { cwd: source })
  const packed = (await readdir(folder)).find(name => name.endsWith('.tgz'))
  tarball = join(folder, packed ?? 'none')
  project = join(folder, 'project')
  const installed = join(project, 'node_modules', 'clicktrail')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  await writeFile(join(project, 'package.json'), '{"type":"module"}')
})
afterAll(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})

async function bundled(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: project },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

/** What the compiler has to say about the code in the project; empty for nothing. */
async function complaints(code: string, compilerOptions: object): Promise<string> {
  await writeFile(join(project, 'page.ts'), code)
  const strict = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2020',
    lib: ['es2020', 'dom'],
    types: [],
  }
  const config = { compilerOptions: { ...strict, ...compilerOptions }, files: ['page.ts'] }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config))
  const compiler = resolve('node_modules/typescript/bin/tsc')
  return run(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], { cwd: project }).then(
    () => '',
    ({ stdout }) => String(stdout),
  )
}

test('holds the built files, the types they need, the readme and the licence, and nothing else', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball])
  const types = ['api', 'create', 'event', 'index', 'page', 'script', 'track', 'tracker'].map(name => `${name}.d.ts`)
  const built = ['clicktrail.debug.js', 'clicktrail.js', 'index.js', 'stub.js', ...types].map(name => `dist/${name}`)
  expect(stdout.trim().split('\n').sort()).toEqual(
    ['LICENSE', 'README.md', 'package.json', ...built].map(name => `package/${name}`).sort(),
  )
})

test('leaves publint nothing to say', async () => {
  const { buffer } = new Uint8Array(await readFile(tarball))
  const { messages } = await publint({ pack: { tarball: buffer }, strict: true })
  // publint takes `global.…`, here the name of a variable, for CommonJS.
  const mistaken = (path: string[]) => path[1] === './clicktrail.debug.js'
  expect(messages.filter(({ code, path }) => !(code === 'FILE_INVALID_FORMAT' && mistaken(path)))).toEqual([])
})

test('can be imported on a server', async () => {
  const code =
    "const clicktrail = await import('clicktrail'); clicktrail.page(); console.log(Object.keys(clicktrail).join())"
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: project })
  expect(stdout.trim()).toBe('createTracker,dump,flush,identify,init,optIn,optOut,page,status,track')
})

test.each([
  { module: 'esnext', moduleResolution: 'bundler' },
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
])('is typed where modules are resolved as by $moduleResolution', async options => {
  const code = `
    import { createTracker, init, type InitOptions, status } from 'clicktrail'
    import 'clicktrail/clicktrail.js'
    import 'clicktrail/stub.js'
    type Events = { color_click: { color: 'red' | 'blue' }; signup: undefined }
    const given: InitOptions = { site: 'example', beforeSend: event => (event.action === 'a' ? null : event) }
    const { track } = init<Events>(given)
    track('color_click', { color: 'red' })
    // @ts-expect-error
    track('color_click', { color: 'green' })
    track('signup')
    createTracker<Events>().track('signup')
    // @ts-expect-error
    window.clicktrail.identify(1)
    export const kept: string[] | undefined = status()?.kept`
  expect(await complaints(code, options)).toBe('')
})

test('leaves out of a bundle what is not imported', async () => {
  expect(await bundled("import 'clicktrail'")).toBe('')
  const small = await bundled("import { init, track } from 'clicktrail'; init({ site: 'a' }); track('b')")
  const all = await bundled("import * as all from 'clicktrail'; console.log(all)")
  expect(small.length).toBeLessThan(all.length / 1.5)
  expect(small).not.toContain('optOut()')
})

test.each(['clicktrail.js', 'clicktrail.debug.js', 'stub.js'])(
  'keeps %s in a bundle: it works by being run',
  async name => {
    expect(await bundled(`import 'clicktrail/${name}'`)).toContain('clicktrail')
  },
)

test('is made of the same bytes when it is built again, and nothing else stays', async () => {
  const again = join(folder, 'again')
  await mkdir(again)
  await writeFile(join(again, 'removed.d.ts'), '')
  await bundleSdk(again)
  const first = join(project, 'node_modules/clicktrail/dist')
  const names = await readdir(again)
  expect(names).toEqual(await readdir(first))
  for (const name of names) {
    expect(await readFile(join(again, name), 'utf8'), name).toBe(await readFile(join(first, name), 'utf8'))
  }
})

test('tells in its readme the stub as it is', async () => {
  const installed = join(project, 'node_modules/clicktrail')
  const stub = await readFile(join(installed, 'dist/stub.js'), 'utf8')
  expect(await readFile(join(installed, 'README.md'), 'utf8')).toContain(`<script>${stub.trim()}</script>`)
})

test('is as small as promised, and prints the hashes of its files', async () => {
  const lines: string[] = []
  const printed = vi.spyOn(console, 'log').mockImplementation(line => void lines.push(line))
  onTestFinished(() => printed.mockRestore())
  const dist = join(project, 'node_modules/clicktrail/dist')
  expect(await printSizes(dist), lines.join('\n')).toBe(true)
  for (const name of ['clicktrail.js', 'clicktrail.debug.js']) {
    const hash = createHash('sha384')
      .update(await readFile(join(dist, name)))
      .digest('base64')
    expect(lines).toContain(`${name}: integrity="sha384-${hash}"`)
  }
})
