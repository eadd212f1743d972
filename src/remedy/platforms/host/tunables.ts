/** A memory setting of the kernel that a fix may change: its effect and risk are known, and it can be taken back. */
export interface Tunable {
  name: string
  /** The other spelling of the same setting: writing one sets the other to 0 (mm/page-writeback.c, mm/util.c). */
  twin: string | null
  /** What the kernel accepts. */
  min: number
  max: number
  /** For people: what a change of it does. */
  effect: string
  risk: 'low' | 'medium' | 'high'
  /** What it does not do, where people expect it to; null: nothing to add. */
  limits: string | null
}

const INT_MAX = 2 ** 31 - 1

/** Those of Documentation/admin-guide/sysctl/vm.rst that decide whether memory runs out, and what happens then. All are the whole machine's. */
export const TUNABLES: readonly Tunable[] = [
  {
    name: 'vm.dirty_bytes',
    twin: 'vm.dirty_ratio',
    min: 8192,
    max: Number.MAX_SAFE_INTEGER,
    effect: 'processes that write wait for the disk once this much is not yet written back',
    risk: 'medium',
    limits: 'bursts of writes become slower',
  },
  {
    name: 'vm.dirty_ratio',
    twin: 'vm.dirty_bytes',
    min: 0,
    max: 100,
    effect: 'the same as a share of the available memory, in percent',
    risk: 'medium',
    limits: 'bursts of writes become slower',
  },
  {
    name: 'vm.dirty_background_bytes',
    twin: 'vm.dirty_background_ratio',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    effect: 'the kernel starts to write back in the background once this much is not yet written',
    risk: 'low',
    limits: 'the kernel halves the other limit for it where it is not below that',
  },
  {
    name: 'vm.dirty_background_ratio',
    twin: 'vm.dirty_background_bytes',
    min: 0,
    max: 100,
    effect: 'the same as a share of the available memory, in percent',
    risk: 'low',
    limits: 'the kernel halves the other limit for it where it is not below that',
  },
  {
    name: 'vm.dirty_expire_centisecs',
    twin: null,
    min: 0,
    max: INT_MAX,
    effect: 'pages that are dirty for this long are written back at the next round',
    risk: 'low',
    limits: null,
  },
  {
    name: 'vm.dirty_writeback_centisecs',
    twin: null,
    min: 1,
    max: INT_MAX,
    effect: 'how often the kernel looks for pages to write back',
    risk: 'low',
    limits: null,
  },
  {
    name: 'vm.swappiness',
    twin: null,
    min: 0,
    max: 200,
    effect: 'how readily anonymous memory is swapped out instead of page cache being dropped',
    risk: 'medium',
    limits:
      'with cgroup v1 each group keeps a value of its own (memory.swappiness), taken when it was made; with v2 no group has one',
  },
  {
    name: 'vm.overcommit_memory',
    twin: null,
    min: 0,
    max: 2,
    effect:
      'whether memory is promised that is not there: 0 refuses what is obviously too much, 1 nothing, 2 all above the limit',
    risk: 'high',
    limits: 'limits of containers do not know it; with 2, forks of large processes fail',
  },
  {
    name: 'vm.overcommit_ratio',
    twin: 'vm.overcommit_kbytes',
    min: 0,
    max: INT_MAX,
    effect: 'the share of the memory that may be promised, in percent',
    risk: 'high',
    limits: 'only counts with vm.overcommit_memory=2',
  },
  {
    name: 'vm.overcommit_kbytes',
    twin: 'vm.overcommit_ratio',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    effect: 'how much memory may be promised, in KiB',
    risk: 'high',
    limits: 'only counts with vm.overcommit_memory=2',
  },
  {
    name: 'vm.min_free_kbytes',
    twin: null,
    min: 1024,
    max: INT_MAX,
    effect: 'how much memory the kernel keeps free for itself and for atomic allocations',
    risk: 'high',
    limits: 'what it keeps is missing elsewhere: too much makes the machine run out at once',
  },
  {
    name: 'vm.watermark_scale_factor',
    twin: null,
    min: 1,
    max: 3000,
    effect: 'how early the kernel starts to reclaim in the background, in ten-thousandths',
    risk: 'medium',
    limits: null,
  },
  {
    name: 'vm.vfs_cache_pressure',
    twin: null,
    min: 0,
    max: INT_MAX,
    effect: 'how readily the kernel gives up its cache of names and inodes',
    risk: 'medium',
    limits: 'at 0 it never does, and runs out of memory',
  },
  {
    name: 'vm.max_map_count',
    twin: null,
    min: 65_530,
    max: INT_MAX,
    effect: 'how many memory areas one process may have',
    risk: 'low',
    limits: null,
  },
  {
    name: 'vm.oom_kill_allocating_task',
    twin: null,
    min: 0,
    max: 1,
    effect: 'whether the process that asked for memory is killed instead of the largest',
    risk: 'high',
    limits: 'at the limit of a container it is not looked at',
  },
  {
    name: 'vm.panic_on_oom',
    twin: null,
    min: 0,
    max: 2,
    effect: 'whether the machine panics instead of killing a process',
    risk: 'high',
    limits: '1 looks at the whole machine alone, 2 at the limits of containers as well',
  },
]

export function tunableNamed(name: string): Tunable | null {
  return TUNABLES.find((tunable) => tunable.name === name) ?? null
}
