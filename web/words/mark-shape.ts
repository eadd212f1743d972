/** What a mark can look like: each tells without colour how something stands. */
export type MarkShape =
  | 'killed'
  | 'trouble'
  | 'calm'
  | 'going'
  | 'waiting'
  | 'dropped'
  /** Not begun. */
  | 'open'
  /** Taken back. */
  | 'back'
