/** Which storage is looked at: its writer's name. */
export const auditedStores = ['hdfs', 'elasticsearch'] as const
export type AuditedStore = (typeof auditedStores)[number]

export interface FoundEvent {
  offset: number
  /** Undefined where nobody knows it any more, or the record holds none. */
  eventId: string | undefined
}

/** Offsets side by side of which the same is to be said. */
export interface Finding {
  /** `missing`: not stored, and nothing says why. `doubled`: stored more than once. `lost`: committed, but the topic ends before. */
  kind: 'missing' | 'doubled' | 'lost'
  store: AuditedStore
  topic: string
  partition: number
  generation: number
  from: number
  /** Included. */
  to: number
  /** The first 100 of them. */
  events: FoundEvent[]
  /** What to do next. */
  advice: string
}

/** Where something was found, and whether its record can be had again. */
export interface FoundAt extends FoundEvent {
  kind: Finding['kind']
  store: AuditedStore
  partition: number
  generation: number
  /** Whether the topic still holds the record. */
  onTopic: boolean
}

/** Puts findings together; offsets of one kind have to rise. */
export interface Findings {
  add(found: FoundAt): void
  /** A whole range of which no event is named. `to`: included. */
  addRange(found: Omit<FoundAt, 'offset' | 'eventId'> & { from: number; to: number }): void
  list(): Finding[]
  /** Offsets, those that are not in the list too. */
  totals(): FoundTotals
}

/** How many offsets were found, by storage. */
export type FoundTotals = Record<AuditedStore, Record<Finding['kind'], number>>

/** Findings that are kept; what is beyond is only counted. */
const maxFindings = 1_000
const maxEvents = 100

/** @param topic the topic that is audited */
export function createFindings(topic: string): Findings {
  const findings: (Finding & { onTopic: boolean })[] = []
  const none = { missing: 0, doubled: 0, lost: 0 }
  const totals: FoundTotals = { hdfs: { ...none }, elasticsearch: { ...none } }
  const latest = new Map<string, Finding & { onTopic: boolean }>()

  function keep(place: Place & { to: number }, events: FoundEvent[]): void {
    if (findings.length === maxFindings) return
    const finding = { ...place, topic, events, advice: adviceOf(place) }
    findings.push(finding)
    latest.set(keyOf(place), finding)
  }

  return {
    add({ offset, eventId, ...found }) {
      totals[found.store][found.kind]++
      const last = latest.get(keyOf(found))
      if (last?.to === offset - 1 && last.onTopic === found.onTopic) {
        last.to = offset
        if (last.events.length < maxEvents) last.events.push({ offset, eventId })
      } else keep({ ...found, from: offset, to: offset }, [{ offset, eventId }])
    },
    addRange(found) {
      totals[found.store][found.kind] += found.to - found.from + 1
      keep(found, [])
    },
    list: () => findings.map(({ onTopic: _, ...finding }) => finding),
    totals: () => totals,
  }
}

type Place = Pick<Finding, 'kind' | 'store' | 'partition' | 'generation' | 'from'> & { onTopic: boolean }

function keyOf({ kind, store, partition, generation }: Omit<Place, 'from' | 'onTopic'>): string {
  return `${kind} ${store} ${partition} ${generation}`
}

function adviceOf({ kind, store, partition, generation, from, onTopic }: Place): string {
  const fromFiles = store === 'elasticsearch' && !onTopic
  const life = (store === 'hdfs' || fromFiles) && generation > 1 ? ` --generation ${generation}` : ''
  const source = fromFiles ? ' --from-files' : ''
  const reload = `"clicktrail reload --sink ${store}${source} --partition ${partition} --from ${from}${life}"`
  if (kind === 'lost') return `the writer halts this partition when it starts, and says the ways out`
  if (onTopic) return `stop the writer, ${reload}, start it again`
  if (kind === 'doubled') return 'the view events_distinct leaves one of them; "clicktrail hdfs check" names the files'
  return store === 'hdfs'
    ? 'its record is no longer on the topic: bring the file back from a snapshot or a backup'
    : `its record is no longer on the topic, but in the files: ${reload}`
}
