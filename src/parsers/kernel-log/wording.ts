import type { OomKill } from '../../model/kernel.ts'

/** What one line of the kernel says about memory. */
export type Said =
  | {
      said: 'invoked'
      name: string | null
      gfpMask: string | null
      order: number | null
      oomScoreAdj: number | null
    }
  | { said: 'summary'; summary: Summary }
  | { said: 'chosen'; pid: number; name: string; score: number }
  | { said: 'killed'; kill: KilledLine }
  | { said: 'killed-unnamed'; pid: number }
  | { said: 'killed-with'; pid: number; name: string }
  | { said: 'group'; memcg: string }
  | { said: 'reaped'; pid: number; name: string }
  | { said: 'no-killable'; manual: boolean }
  | { said: 'panic'; message: string; outOfMemory: boolean }
  | { said: 'suppressed'; count: number }
  | { said: 'fault'; pid: number; name: string; message: string }
  | { said: 'task-in'; taskMemcg: string | null; oomMemcg: string | null }
  | { said: 'tasks-begin' }
  | { said: 'table-header'; columns: readonly string[] }
  /** nohang names its victim some lines before it sends the signal. */
  | { said: 'candidate'; killer: string; pid: number; name: string }
  | {
      said: 'userspace'
      killer: string
      pid: number | null
      name: string | null
      cgroup: string | null
      signal: string | null
      reason: string | null
      rssBytes: number | null
    }

/** The `oom-kill:` line; fields that were cut off are null. */
export interface Summary {
  constraint: string | null
  cpuset: string | null
  globalOom: boolean
  oomMemcg: string | null
  taskMemcg: string | null
  task: string | null
  pid: number | null
  uid: number | null
}

/** The figures of a kill line, in bytes. */
export type KilledLine = Pick<
  OomKill,
  | 'pid'
  | 'name'
  | 'totalVmBytes'
  | 'anonRssBytes'
  | 'fileRssBytes'
  | 'shmemRssBytes'
  | 'uid'
  | 'pageTableBytes'
  | 'oomScoreAdj'
> & {
  /** The words before "Killed process" say which kind of shortage it was. */
  memcg: boolean | null
}

/** One way in which kernels, or user-space killers, say one thing. */
export interface Wording {
  id: string
  /** Stands in every line of this wording; the search for it comes before anything dearer. */
  needle: string
  read(text: string): Said | null
}
