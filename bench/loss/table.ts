import type { Acks, Round } from './round.ts'

/** A Markdown row a round and one of sums, as README quotes it. */
export function tableOf(rounds: readonly Round[]): string {
  const sum = (acks: Acks, what: 'acknowledged' | 'lost' | 'doubled') =>
    rounds.reduce((total, { outcomes }) => total + outcomes[acks][what], 0)
  const columns = (['1', 'all'] as const).flatMap(acks =>
    (['acknowledged', 'lost', 'doubled'] as const).map(what => ({ acks, what })),
  )
  const head = ['round', 'killed', ...columns.map(({ acks, what }) => `acks=${acks}: ${what}`)]
  const rows = rounds.map(({ round, killed, outcomes }) => [
    String(round),
    `broker ${killed}`,
    ...columns.map(({ acks, what }) => outcomes[acks][what].toLocaleString('en')),
  ])
  const sums = ['all', '', ...columns.map(({ acks, what }) => sum(acks, what).toLocaleString('en'))]
  const lines = [head, head.map((_, column) => (column < 2 ? '---' : '---:')), ...rows, sums]
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n')
}
