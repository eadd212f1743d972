/** The labs that come along, the plainest first: each is a folder of `labs/`. */
export const LABS: readonly string[] = ['container-oom-kill']
