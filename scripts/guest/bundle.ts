import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Happened } from './scenario.ts'

const CGROUPS = '/sys/fs/cgroup'
const HOST_FILES = ['/proc/meminfo', '/proc/vmstat', '/proc/version'] as const
const PROCESS_FILES = ['status', 'stat', 'cgroup', 'cmdline', 'comm', 'oom_score', 'oom_score_adj']

/** Writes down what an investigator finds after an incident: the groups' files, /proc, the kernel log, the exit status. */
export function writeBundle(
  folder: string,
  found: Happened & { groups: readonly string[]; kernelLog: string },
): void {
  mkdirSync(folder, { recursive: true })
  if (found.kernelLog !== '') writeFileSync(join(folder, 'kernel.log'), found.kernelLog)
  if (found.exitCode !== null) writeFileSync(join(folder, 'exit.txt'), `exit ${found.exitCode}\n`)
  for (const [file, text] of Object.entries(found.files ?? {}))
    writeFileSync(join(folder, file), text)
  for (const file of HOST_FILES) copyText(file, join(folder, basename(file)))
  copyText('/proc/pressure/memory', join(folder, 'pressure/memory'))
  for (const group of found.groups) copyGroup(group, folder)
}

function copyGroup(group: string, folder: string): void {
  const source = join(CGROUPS, group)
  if (!existsSync(source)) return
  const target = join(folder, basename(group))
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'PATH'), `${source}\n`)
  for (const file of readdirSync(source)) {
    const wanted = file.startsWith('memory.') || file === 'cgroup.procs' || file === 'cgroup.events'
    if (wanted && file !== 'memory.numa_stat') copyText(join(source, file), join(target, file))
  }
  for (const pid of readFileSync(join(source, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
    for (const file of PROCESS_FILES)
      copyText(`/proc/${pid}/${file}`, join(folder, 'proc', pid, file))
}

/** Files that may only be written to, and processes that end meanwhile, are left out. */
function copyText(source: string, target: string): void {
  let text: string
  try {
    text = readFileSync(source, 'utf8')
  } catch {
    return
  }
  mkdirSync(join(target, '..'), { recursive: true })
  writeFileSync(target, text)
}
