// Builds what is stale, then runs the command: one process, so that signals reach it.
import { buildIfStale } from '../build.mjs'

await buildIfStale()
await import('../dist/clicktrail.js')
