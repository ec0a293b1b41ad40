import { defineConfig } from 'vitest/config'

/** Apart from the other projects: the first run fetches 200 MB of jars, and each takes a minute of CPU for each of two Hives. */
export default defineConfig({
  test: {
    name: 'hive',
    include: ['test/hive/**/*.test.ts'],
    environment: 'node',
    testTimeout: 600_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
})
