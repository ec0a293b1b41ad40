import { browsers } from './browsers.ts'
import { kafka } from './kafka.ts'
import { pipeline } from './pipeline.ts'

/** What is shipped: one file each beside this one. */
export const dashboards = [pipeline, kafka, browsers]
