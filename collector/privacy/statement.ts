import { type BrowserKept, keptByBrowser, type Refusals, refusalsOf, usedOnly } from './choices.ts'
import { type Meaning, meaningsOf, type StoredBy } from './meanings.ts'
import { recordFields, type StoredField } from './record-fields.ts'

export interface StatementOptions extends StoredBy {
  gpc: 'honor' | 'ignore'
  /** How long events are kept, in the operator's words. */
  retention: string
  /** Whom to ask: an address of mail, an URL, or words. @default none */
  contact?: string | undefined
}

export interface PublishedField extends Meaning {
  name: string
  presence: 'always' | 'sometimes'
  retention: string
  /** Words of {@link Statement.refuse}. */
  refuse: string[]
}

/** What is stored of a visitor, and how to refuse: the content of `/privacy.json`. */
export interface Statement {
  retention: string
  contact?: string
  refuse: Refusals
  fields: PublishedField[]
  /** What is used while a request is answered, or not at all. */
  notStored: string[]
  browser: readonly BrowserKept[]
}

/**
 * The statement that these settings make true: every field that may be stored is in it, and no other. Throws an Error
 * where the schema of records has a field without a meaning, or there is a meaning without its field.
 */
export function privacyStatement(options: StatementOptions): Statement {
  const { retention, contact, gpc } = options
  const refuse = refusalsOf(gpc)
  return {
    retention,
    ...(contact !== undefined && { contact }),
    refuse,
    fields: published(recordFields(), meaningsOf(options)).map(field => ({
      ...field,
      retention,
      refuse: Object.keys(refuse),
    })),
    notStored: usedOnly(options.ip, options.visitor),
    browser: keptByBrowser,
  }
}

type Explained = Omit<PublishedField, 'retention' | 'refuse'>

function published(fields: StoredField[], meanings: ReturnType<typeof meaningsOf>): Explained[] {
  const names = new Set(fields.map(({ name }) => name))
  const idle = Object.keys(meanings).find(name => !names.has(name))
  if (idle !== undefined) throw new Error(`the privacy statement explains ${idle}, which no record has`)
  return fields.flatMap(({ name, always }) => {
    if (!Object.hasOwn(meanings, name)) throw new Error(`the privacy statement does not explain ${name}`)
    const meaning = meanings[name]
    return meaning === undefined ? [] : [{ name, presence: always ? 'always' : 'sometimes', ...meaning }]
  })
}
