/** Milliseconds since 1970, UTC; may have a fraction. */
export type Instant = number
