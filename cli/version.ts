import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { checkout } from './checkout.ts'

const manifest = z.object({ version: z.string() })

/** The version that runs. */
export const { version } = manifest.parse(JSON.parse(readFileSync(new URL('package.json', checkout), 'utf8')))
