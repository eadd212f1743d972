/** How often the scanner is asked, while somebody looks. Hosts tell of their workers every second. */
export const LIVE_MS = 2_000
/** What changes seldom. */
export const SLOW_MS = 10_000
