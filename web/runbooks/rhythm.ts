/** What the command line does in a run, no event of this server tells. */
export const ELSEWHERE_MS = 5_000
