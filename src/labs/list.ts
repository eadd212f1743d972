/** The labs that come along, the plainest first: each is a folder of `labs/`. */
export const LABS: readonly string[] = [
  'container-oom-kill',
  'units',
  'not-an-oom',
  'restart-loop',
  'child-oom',
  'page-cache',
  'tmpfs',
  'victim',
  'slow-leak',
  'snapshot',
  'sessions',
  'native-memory',
  'app-oom',
]
