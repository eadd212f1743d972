/** The memory controller's files that tell who was killed, by which limit, and where the memory went. */
export const V2_FILES = [
  'memory.current',
  'memory.max',
  'memory.high',
  'memory.min',
  'memory.low',
  'memory.peak',
  'memory.swap.current',
  'memory.swap.max',
  'memory.events',
  'memory.events.local',
  'memory.stat',
  'memory.pressure',
  'memory.oom.group',
  'hugetlb.2MB.current',
  'hugetlb.1GB.current',
  'cgroup.events',
  'cgroup.procs',
] as const

/** `memory.kmem.usage_in_bytes` is there up to 6.9 and tells the kernel's part; `memory.pressure` never is on v1. */
export const V1_FILES = [
  'memory.usage_in_bytes',
  'memory.limit_in_bytes',
  'memory.max_usage_in_bytes',
  'memory.soft_limit_in_bytes',
  'memory.failcnt',
  'memory.memsw.usage_in_bytes',
  'memory.memsw.limit_in_bytes',
  'memory.memsw.max_usage_in_bytes',
  'memory.kmem.usage_in_bytes',
  'memory.kmem.tcp.usage_in_bytes',
  'memory.oom_control',
  'memory.stat',
  'memory.swappiness',
  'memory.use_hierarchy',
  'cgroup.procs',
] as const
