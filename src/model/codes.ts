/** The closed lists of a case, which scripts rely on: each code with its words for people, in the order in which they read them. */
interface InWords {
  code: string
  /** As short as a heading or a column needs it. */
  title: string
  /** For the reference. */
  meaning: string
}

/** Who ended it. */
export const VERDICTS_IN_WORDS = [
  {
    code: 'oom-own-limit',
    title: 'At its own limit',
    meaning: "the kernel's OOM killer, because the container's own limit was reached",
  },
  {
    code: 'oom-ancestor-limit',
    title: 'At a limit above it',
    meaning:
      "the kernel's OOM killer, because a limit above it was reached: the pod, a slice, an executor",
  },
  {
    code: 'oom-nested-limit',
    title: 'At a limit inside it',
    meaning:
      "the kernel's OOM killer, because the limit of a group inside the container was reached",
  },
  {
    code: 'oom-host',
    title: 'Machine ran out',
    meaning: "the kernel's OOM killer, because the machine ran out",
  },
  {
    code: 'oom-numa',
    title: 'NUMA nodes full',
    meaning: "the kernel's OOM killer, under a cpuset or memory-policy constraint",
  },
  {
    code: 'oom-manual',
    title: 'Called by hand',
    meaning: "the kernel's OOM killer, called by hand (SysRq-f)",
  },
  {
    code: 'oom-no-victim',
    title: 'Nothing to kill',
    meaning: 'memory ran out at a limit, and nothing could be killed',
  },
  {
    code: 'oom-panic',
    title: 'Kernel panicked',
    meaning: 'the kernel panicked on out-of-memory and took the machine down',
  },
  {
    code: 'oom-userspace',
    title: 'By a userspace daemon',
    meaning: 'systemd-oomd, oomd, earlyoom, nohang, Talos or the like',
  },
  {
    code: 'evicted',
    title: 'Evicted',
    meaning: 'the kubelet evicted the pod under memory pressure of its node',
  },
  {
    code: 'runtime-out-of-memory',
    title: 'Runtime gave up',
    meaning:
      "the runtime gave up by itself: Java's OutOfMemoryError, the heap limit of V8, Python's MemoryError",
  },
  {
    code: 'killed-not-memory',
    title: 'Killed, not for memory',
    meaning: 'SIGKILL or SIGTERM by somebody, and memory is ruled out',
  },
  {
    code: 'killed-unknown',
    title: 'Killed by somebody',
    meaning: 'SIGKILL, and the evidence does not say by whom',
  },
  {
    code: 'crashed',
    title: 'Crashed',
    meaning: 'it ended by itself for another reason; a program that calls `exit(137)` is here',
  },
  { code: 'exited', title: 'Ended normally', meaning: 'it ended normally' },
  {
    code: 'hung-at-limit',
    title: 'Hangs at its limit',
    meaning: 'alive, and blocked in the kernel at its limit',
  },
  { code: 'thrashing', title: 'Thrashing', meaning: 'alive, and held back by reclaim or swap' },
  { code: 'at-risk', title: 'At risk', meaning: 'alive, and heading for its limit' },
  { code: 'healthy', title: 'Healthy', meaning: 'alive, and nothing threatens it' },
] as const satisfies readonly InWords[]

export type VerdictCode = (typeof VERDICTS_IN_WORDS)[number]['code']
export const VERDICT_CODES: readonly VerdictCode[] = VERDICTS_IN_WORDS.map(({ code }) => code)
/** Nothing has ended: the case is about how it stands. */
export const ALIVE_VERDICTS: ReadonlySet<VerdictCode> = new Set([
  'hung-at-limit',
  'thrashing',
  'at-risk',
  'healthy',
])

/** Why it grew. */
export const CAUSES_IN_WORDS = [
  {
    code: 'limit-too-low',
    title: 'The limit is too low for what it does',
    meaning: 'it needs what it uses, and the limit is below that',
  },
  { code: 'leak', title: 'It leaks', meaning: 'it grows without end' },
  { code: 'burst', title: 'A burst', meaning: 'a short peak' },
  {
    code: 'off-heap',
    title: 'Memory outside of the heap',
    meaning: "memory outside of the runtime's heap: threads, buffers, metaspace",
  },
  {
    code: 'heap-over-limit',
    title: 'The heap may grow beyond the limit',
    meaning: "the heap may grow beyond the container's limit",
  },
  {
    code: 'page-cache',
    title: 'Page cache',
    meaning: 'cached files, which the kernel could not give back in time',
  },
  {
    code: 'dirty-pages',
    title: 'Dirty pages: writes that wait for the disk',
    meaning: 'written pages that waited for a slow disk',
  },
  {
    code: 'tmpfs',
    title: 'Files in memory (tmpfs)',
    meaning: 'files in memory: `/dev/shm`, a tmpfs, an emptyDir of medium Memory',
  },
  {
    code: 'kernel-memory',
    title: 'Memory of the kernel',
    meaning: 'memory the kernel holds for it: sockets, pipes, slab',
  },
  {
    code: 'fork-copy-on-write',
    title: 'A fork that copies what it writes',
    meaning: 'a fork whose pages were copied, as in a Redis snapshot',
  },
  {
    code: 'too-many-processes',
    title: 'Too many processes',
    meaning: 'many processes, none of them large',
  },
  {
    code: 'sibling-usage',
    title: 'A neighbour under the same limit',
    meaning: 'neighbours under the same limit used the memory',
  },
  {
    code: 'host-overcommit',
    title: 'The machine promises more than it has',
    meaning: 'more was promised than the machine has',
  },
  {
    code: 'executor-overhead',
    title: 'The executor takes a part',
    meaning: "the executor lives inside of the task's limit",
  },
  {
    code: 'swap-off',
    title: 'There is no swap',
    meaning: 'no swap, so that a short peak was fatal',
  },
  { code: 'huge-pages', title: 'Huge pages', meaning: 'huge pages held more than was used' },
  {
    code: 'misconfigured-limit',
    title: 'The limit is not what was meant',
    meaning: 'the limit is not what was meant: wrong unit, wrong place',
  },
  { code: 'unknown', title: 'Not known', meaning: 'the evidence does not say' },
] as const satisfies readonly InWords[]

export type CauseCode = (typeof CAUSES_IN_WORDS)[number]['code']
export const CAUSE_CODES: readonly CauseCode[] = CAUSES_IN_WORDS.map(({ code }) => code)
