/** What every command takes. `-h` comes from the application. */
export interface CommonFlags {
  json?: boolean
  quiet?: boolean
  noColor?: boolean
}

export const COMMON_FLAGS = {
  json: {
    kind: 'boolean',
    brief: 'Answer with one JSON document',
    optional: true,
    withNegated: false,
  },
  quiet: {
    kind: 'boolean',
    brief: 'Answer in as few words as possible',
    optional: true,
    withNegated: false,
  },
  noColor: {
    kind: 'boolean',
    brief: 'No colours; the variable NO_COLOR does the same',
    optional: true,
    withNegated: false,
  },
} as const
