import { join } from 'node:path'
import type { Command } from './pinned.ts'

/** A bundled server of the bench on Node, named after its bundle. */
export function nodeCommand(name: string, bundles: string, flags: readonly string[] = []): Command {
  return { name, file: process.execPath, args: [...flags, join(bundles, `${name}.js`)] }
}
