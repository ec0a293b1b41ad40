import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findJava, findMaven, findUnzip, javaMajor } from '../../../test/stack/tools.ts'

function fakeJava(version: string): string {
  const home = mkdtempSync(join(tmpdir(), 'clicktrail-java-'))
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin/java'), `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`)
  chmodSync(join(home, 'bin/java'), 0o755)
  return home
}

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "25" 2025-09-16 LTS', 25],
  ['java version "1.8.0_392"', 8],
  ['sh: java: not found', undefined],
])('reads the major version of %s', (text, major) => {
  expect(javaMajor(text)).toBe(major)
})

test('takes the Java of JAVA_HOME before that of PATH', () => {
  const home = fakeJava('21.0.1')
  expect(findJava({ JAVA_HOME: home, PATH: join(fakeJava('17.0.1'), 'bin') })).toEqual({
    java: join(home, 'bin/java'),
    home,
  })
})

test.each(['11.0.2', '1.8.0_392', '16.0.1'])('refuses Java %s and names it', version => {
  const home = fakeJava(version)
  expect(() => findJava({ JAVA_HOME: home })).toThrow(`Java 17 or newer is needed, and ${home}/bin/java is not`)
  expect(() => findJava({ JAVA_HOME: home })).toThrow(version)
})

test('says what is missing and how to install it', () => {
  const empty = { PATH: mkdtempSync(join(tmpdir(), 'clicktrail-path-')) }
  expect(() => findJava(empty)).toThrow(/Java 17 or newer is needed.*apt-get install openjdk/)
  expect(() => findMaven(empty)).toThrow(/Maven is needed.*apt-get install maven/)
  expect(() => findUnzip(empty)).toThrow(/unzip is needed.*apt-get install unzip/)
})
