/** What Kibana's import takes, one a line. */
export interface SavedObject {
  type: 'index-pattern' | 'search' | 'lens' | 'dashboard'
  id: string
  attributes: { title: string } & Record<string, unknown>
  references: Reference[]
  coreMigrationVersion: string
  typeMigrationVersion: string
}

export interface Reference {
  type: SavedObject['type']
  id: string
  name: string
}

/** Of Kibana 8.9, the oldest that takes them: later ones migrate what they read, an older one refuses it. */
export const oldestKibana = '8.9.0'

/** The migrations that each type had gone through by then. */
const typeMigrations = { 'index-pattern': '8.0.0', search: '8.0.0', lens: '8.9.0', dashboard: '8.9.0' }

/** A saved object of Kibana 8.9. */
export function savedObject(
  type: SavedObject['type'],
  id: string,
  attributes: SavedObject['attributes'],
  references: Reference[] = [],
): SavedObject {
  return {
    type,
    id,
    attributes,
    references,
    coreMigrationVersion: '8.8.0',
    typeMigrationVersion: typeMigrations[type],
  }
}

export const dataViewId = 'clicktrail-events'

/** Where an object names the data view by `name`. */
export function ofDataView(name: string): Reference {
  return { type: 'index-pattern', id: dataViewId, name }
}

export const everything = { language: 'kuery', query: '' }
