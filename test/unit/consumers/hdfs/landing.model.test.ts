import { beforeAll, expect, test } from 'vitest'
import type { LandingStore } from '../../../../consumers/hdfs/store.ts'
import { loadHash } from '../../../../consumers/hdfs/window.ts'
import { type ModelOptions, type ModelOutcome, runModel } from '../../../support/landing-model.ts'
import type { MemoryStorage } from '../../../support/memory-landing-store.ts'

beforeAll(async () => {
  await loadHash()
})

const failed = ({ lost, doubled, wrong, finished }: ModelOutcome) =>
  lost.length > 0 || doubled.length > 0 || wrong.length > 0 || !finished

async function runMany(runs: number, options: ModelOptions) {
  const sums = { runs, crashes: 0, faults: 0, lostRaces: 0, files: 0, runsThatLost: 0, runsThatDoubled: 0 }
  const failures: { seed: number; outcome: ModelOutcome }[] = []
  for (let seed = 1; seed <= runs; seed++) {
    const outcome = await runModel(seed, options)
    sums.crashes += outcome.crashes
    sums.faults += outcome.faults
    sums.lostRaces += outcome.lostRaces
    sums.files += outcome.files
    if (outcome.finished && outcome.lost.length > 0) sums.runsThatLost++
    if (outcome.doubled.length > 0) sums.runsThatDoubled++
    if (failed(outcome)) failures.push({ seed, outcome })
  }
  return { sums, failures }
}

test.each<{ name: string; runs: number; options: ModelOptions }>([
  { name: 'writers that agree on what to skip', runs: 5_000, options: { disagree: false } },
  { name: 'writers that disagree on what to skip', runs: 5_000, options: { disagree: true } },
  { name: 'an operator who moves the newest files away', runs: 1_000, options: { disagree: true, operator: true } },
])(
  'lands every offset once in $runs runs of $name',
  async ({ runs, options }) => {
    const { sums, failures } = await runMany(runs, options)
    expect(failures.slice(0, 3)).toEqual([])
    // The runs were not peaceful: otherwise this test could not fail.
    expect(sums.crashes).toBeGreaterThan(runs / 2)
    expect(sums.faults).toBeGreaterThan(runs)
    expect(sums.lostRaces).toBeGreaterThan(runs)
    expect(sums.files).toBeGreaterThan(runs * 5)
  },
  180_000,
)

/** Names that hold start and end: two writers that stop at different offsets both win. */
function startAndEndInTheName(store: LandingStore, storage: MemoryStorage): LandingStore {
  const endOf = (name: string) => Number(/~(\d+)$/.exec(name)?.[1])
  return {
    ...store,
    async land(staged, path) {
      const lines = String(storage.staged.get(staged.path)?.content).trimEnd().split('\n')
      return store.land(staged, `${path}~${JSON.parse(lines.at(-1) ?? '').kafka.offset}`)
    },
    async list(folder) {
      const entries = (await store.list(folder)).toSorted((a, b) => endOf(a.name) - endOf(b.name))
      return [...new Map(entries.map(entry => [entry.name.split('~')[0] ?? '', entry])).entries()].map(
        ([name, entry]) => ({
          ...entry,
          name,
        }),
      )
    },
    async read(path, offset, length) {
      const files = [...storage.files.keys()].filter(file => file.startsWith(`${path}~`))
      const newest = files.sort((a, b) => endOf(a) - endOf(b)).at(-1)
      return store.read(newest ?? path, offset, length)
    },
  }
}

/** Writers that see no files go by the commit. */
function committedOffsetOnly(store: LandingStore): LandingStore {
  return { ...store, list: async () => [] }
}

test('catches a protocol that has start and end in the file name: it doubles', async () => {
  const { sums } = await runMany(200, { disagree: true, wrap: startAndEndInTheName })
  expect(sums.runsThatDoubled).toBeGreaterThan(20)
}, 60_000)

test('catches a protocol that goes on from the commit when an operator has moved files away: it loses', async () => {
  const { sums } = await runMany(60, { disagree: false, operator: true, wrap: committedOffsetOnly })
  expect(sums.runsThatLost).toBeGreaterThan(10)
}, 60_000)
