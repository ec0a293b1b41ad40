import { expect, test } from 'vitest'
import { createGroupCommit } from '../../../../topic/embedded/group-commit.ts'

function setUp(limits: { maxRecords?: number; maxBytes?: number; lingerMs?: number } = {}) {
  const groups: string[] = []
  let open = () => {}
  const gate = new Promise<void>(resolve => {
    open = resolve
  })
  const commits = createGroupCommit<string>({
    async commit(group) {
      groups.push(group.join(''))
      await gate
      if (group.includes('!')) throw new Error('disk full')
    },
    weigh: text => ({ records: 1, bytes: text.length }),
    ...limits,
  })
  return { groups, commits, open }
}

test('shares one transaction among all that came while another was written, in order', async () => {
  const { groups, commits, open } = setUp()
  const all = Promise.all(['a', 'b', 'c'].map(text => commits.add(text)))
  expect(groups).toEqual(['a'])
  open()
  await all
  expect(groups).toEqual(['a', 'bc'])
})

test('keeps a transaction within its limits, one addition at least', async () => {
  const { groups, commits, open } = setUp({ maxRecords: 2, maxBytes: 5 })
  const all = Promise.all(['a', 'b', 'c', 'd', 'eeeeee', 'ff', 'ggg', 'h'].map(text => commits.add(text)))
  open()
  await all
  expect(groups).toEqual(['a', 'bc', 'd', 'eeeeee', 'ffggg', 'h'])
})

test('fails all that were in it, and goes on with the next', async () => {
  const { commits, open } = setUp()
  const all = Promise.allSettled(['a', 'b', '!'].map(text => commits.add(text)))
  open()
  expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  await commits.add('d')
})

test('lingers for company, and is idle when all is written', async () => {
  const { groups, commits, open } = setUp({ lingerMs: 1 })
  void commits.add('a')
  void commits.add('b')
  open()
  await commits.idle()
  expect(groups).toEqual(['ab'])
})
