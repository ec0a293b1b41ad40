import { X509Certificate } from 'node:crypto'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The text of a file without white space around it; a problem is added where there is none, and the text is then empty. */
export function readText(path: string, from: string, problems: string[]): string {
  try {
    const text = readFileSync(path, 'utf8').trim()
    if (text === '') problems.push(`${from} names ${path}, which is empty`)
    return text
  } catch (error) {
    problems.push(`${from} names ${path}, which can't be read: ${messageOf(error)}`)
    return ''
  }
}

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** The text of a file of certificates (PEM, RFC 7468); a problem is added for what is none. */
export function readCertificates(path: string, from: string, problems: string[]): string {
  const text = readText(path, from, problems)
  if (text === '') return text
  const blocks = text.match(certificate)
  if (blocks === null) problems.push(`${from} names ${path}, which holds no certificate: it must be PEM`)
  try {
    for (const block of blocks ?? []) new X509Certificate(block)
  } catch (error) {
    problems.push(`${from} names ${path}, which holds a broken certificate: ${messageOf(error)}`)
  }
  return text
}

/** Why nothing can be kept in a folder, which need not exist yet; undefined when it can. */
export function folderFault(path: string): string | undefined {
  let at = path
  for (;;) {
    try {
      if (!statSync(at).isDirectory()) return `${at} is no folder`
      accessSync(at, constants.W_OK | constants.X_OK)
      return undefined
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!missing || at === dirname(at)) return messageOf(error)
      at = dirname(at)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
